/** Which page of a list: `limit` 1–100 (20 when not given), `cursor` the `nextCursor` of the page before. */
export interface PageOf {
  limit?: number
  cursor?: string
}

/** The parameters as they stand in an address; empty when there are none. */
export function queryOf(parameters: object): string {
  const named = Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, string] => [name, String(value)])
  return named.length === 0 ? '' : `?${new URLSearchParams(named)}`
}
