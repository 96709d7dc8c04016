/** Returns the place that a link names by `?t=83` (seconds), ms; undefined without one. */
export function findLinkedPlace(search: string): number | undefined {
  const text = new URLSearchParams(search).get('t')
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) * 1000 : undefined
}
