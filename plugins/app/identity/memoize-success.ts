/**
 * Returns a function that calls `create` once and keeps its result. A failed call is tried again by the next caller.
 */
export function memoizeSuccess<T>(create: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return async () => {
    result ??= create().catch((error: unknown) => {
      result = undefined
      throw error
    })
    return await result
  }
}
