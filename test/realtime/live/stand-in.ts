/** A stand-in for something larger: it has only what is used of it. */
export function standIn<T>(fake: object): T {
  return fake as T
}
