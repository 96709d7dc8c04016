/** How many calls one person, and all together, may make within a window. */
export interface Budget {
  perPerson: number
  all: number
  windowMs: number
}

/**
 * Counts calls to a third party in windows of fixed length: 0 when this one may go out, else how long to wait.
 * What is refused costs nothing.
 */
export function createCallBudget({ perPerson, all, windowMs }: Budget): (userId: string, nowMs: number) => number {
  let startedAtMs = -Infinity
  let total = 0
  const counts = new Map<string, number>()

  return (userId, nowMs) => {
    if (nowMs - startedAtMs >= windowMs) {
      startedAtMs = nowMs
      total = 0
      counts.clear()
    }
    const mine = counts.get(userId) ?? 0
    if (mine >= perPerson || total >= all) return Math.max(1, startedAtMs + windowMs - nowMs)
    counts.set(userId, mine + 1)
    total++
    return 0
  }
}
