/** A page of a list. `limit` is 1–100 (default 20), `cursor` is the `nextCursor` of the previous page. */
export interface PageOptions {
  limit?: number
  cursor?: string
}

/** Returns the query string of parameters, without undefined ones. Empty when there are none. */
export function toQuery(parameters: object): string {
  const entries = Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, string] => [name, String(value)])
  return entries.length === 0 ? '' : `?${new URLSearchParams(entries)}`
}
