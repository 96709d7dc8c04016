/** Parses JSON that another process sent; undefined unless it is an object. */
export function parsedObject(message: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(message)
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined
  } catch {
    return undefined
  }
}
