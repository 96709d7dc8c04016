/** Maximum number of calls within a window, for one person and for all people together. */
export interface CallLimits {
  perPerson: number
  all: number
  windowMs: number
}

/**
 * Counts a call of a person. Returns 0 when it may go out, else the time to wait, ms. A call that has to wait is not
 * counted. Times are those of a monotonic clock.
 */
export type CallBudget = (userId: string, nowMs: number) => number | Promise<number>

/** Counts calls of this node to a third party, in windows of fixed length. */
export function createCallBudget({ perPerson, all, windowMs }: CallLimits): CallBudget {
  let startedAtMs = -Infinity
  let total = 0
  const counts = new Map<string, number>()

  return (userId, nowMs) => {
    if (nowMs - startedAtMs >= windowMs) {
      startedAtMs = nowMs
      total = 0
      counts.clear()
    }
    const count = counts.get(userId) ?? 0
    if (count >= perPerson || total >= all) return Math.max(1, Math.ceil(windowMs - (nowMs - startedAtMs)))
    counts.set(userId, count + 1)
    total++
    return 0
  }
}
