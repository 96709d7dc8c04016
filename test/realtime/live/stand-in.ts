/** Passes a fake for a larger type. It has only the parts that the code under test uses. */
export function standIn<T>(fake: object): T {
  return fake as T
}
