/** A stretch of time, ms: from `from` on, up to but without `to`. */
export interface Interval {
  readonly from: number
  readonly to: number
}

/** Returns the times that are in any of the intervals: in order, none touching another. Empty ones are left out. */
export function union(intervals: readonly Interval[]): Interval[] {
  const merged: { from: number; to: number }[] = []
  for (const { from, to } of intervals.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (to <= from) continue
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else merged.push({ from, to })
  }
  return merged
}

/** Returns the times that are in both unions. */
export function intersection(one: readonly Interval[], other: readonly Interval[]): Interval[] {
  const [a, b] = [union(one), union(other)]
  const found: Interval[] = []
  let [i, k] = [0, 0]
  for (;;) {
    const [left, right] = [a[i], b[k]]
    if (!left || !right) return found
    const [from, to] = [Math.max(left.from, right.from), Math.min(left.to, right.to)]
    if (from < to) found.push({ from, to })
    if (left.to <= right.to) i++
    else k++
  }
}

/** Returns the times of the first union that are not in the second one. */
export function difference(one: readonly Interval[], other: readonly Interval[]): Interval[] {
  return intersection(one, complement(other))
}

/** Returns the intervals made longer at both ends. */
export function widened(intervals: readonly Interval[], beforeMs: number, afterMs: number): Interval[] {
  return intervals.map(({ from, to }) => ({ from: from - beforeMs, to: to + afterMs }))
}

/** Returns the sum of the lengths of intervals that do not overlap, ms. */
export function lengthOf(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, { from, to }) => sum + to - from, 0)
}

function complement(intervals: readonly Interval[]): Interval[] {
  const edges = [-Infinity, ...union(intervals).flatMap(({ from, to }) => [from, to]), Infinity]
  const between: Interval[] = []
  for (let n = 0; n + 1 < edges.length; n += 2) between.push({ from: edges[n] ?? 0, to: edges[n + 1] ?? 0 })
  return between
}
