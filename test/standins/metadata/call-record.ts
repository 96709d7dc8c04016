/** One request to a stand-in. */
export interface RecordedCall {
  /** Address with its query, without secrets. */
  readonly url: string
  /** Arrival by a monotonic clock of this process, ms. */
  readonly atMs: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** Returns the largest number of calls in any moving window of this length. */
export function maxCallsInWindow(calls: readonly Pick<RecordedCall, 'atMs'>[], windowMs: number): number {
  const times = calls.map(({ atMs }) => atMs).toSorted((a, b) => a - b)
  let first = 0
  let max = 0
  for (const [last, atMs] of times.entries()) {
    while (atMs - (times[first] ?? 0) >= windowMs) first++
    max = Math.max(max, last - first + 1)
  }
  return max
}

/** Returns the shortest time between two calls, ms. */
export function minGapMs(calls: readonly Pick<RecordedCall, 'atMs'>[]): number {
  const times = calls.map(({ atMs }) => atMs).toSorted((a, b) => a - b)
  return Math.min(...times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0)))
}
