/** People are reminded this long before the planned time of a show. */
export const soonMs = 10 * 60_000
