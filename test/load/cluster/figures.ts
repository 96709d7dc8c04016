/** Returns the middle value. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

/** Returns the value that this share of all values is below. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
