/** Returns the year of a date such as `1998`, `1998-10` or `1998-10-22`; null for any other text. */
export function yearOf(date: string | null | undefined): number | null {
  const year = Number(/^(\d{4})(?:-|$)/.exec(date ?? '')?.[1] ?? NaN)
  return year >= 1000 && year <= 2999 ? year : null
}
