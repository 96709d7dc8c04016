/** The label filter of all queries: the servers that are selected in the dashboard. */
export const here = 'instance=~"$instance"'

/** Returns the rate per second of a counter. */
export const rate = (metric: string, labels = '') =>
  `rate(${metric}{${[here, labels].filter(part => part !== '').join(', ')}}[$__rate_interval])`

/** Returns the sum of an expression by labels. */
export const sumOf = (by: string, expression: string) => `sum by (${by}) (${expression})`

/**
 * Returns a quantile of a histogram.
 * @param by labels to keep, each followed by a comma and a space
 */
export const quantile = (q: number, by: string, metric: string, labels = '') =>
  `histogram_quantile(${q}, ${sumOf(`${by}le`, rate(`${metric}_bucket`, labels))})`
