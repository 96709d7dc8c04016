/** At most `count` events in any `windowMs`. */
export interface Limit {
  readonly count: number
  readonly windowMs: number
}

/** The times of one kind of event within a window. Times are those of a monotonic clock. */
export interface RateWindow {
  /** Counts one more. Returns 0 when it is allowed, else the time to wait, ms. */
  take(nowMs: number): number
  /** Returns the time until the next one is allowed, ms; counts nothing. */
  waitMs(nowMs: number): number
  /** Removes the one that was allowed at that time: it did not happen. */
  giveBack(takenAtMs: number): void
  /** Attempts within the window, refused ones included. */
  attempts(nowMs: number): number
}

/**
 * An exact sliding window: the n-th event within the window is allowed, the next one is not. Refused attempts do not
 * postpone the moment when the next one is allowed, but count as attempts.
 */
export function createRateWindow({ count, windowMs }: Limit): RateWindow {
  let allowed: number[] = []
  let attempted: number[] = []

  const recent = (times: number[], nowMs: number) => {
    const first = times.findIndex(time => nowMs - time < windowMs)
    return first === -1 ? [] : first === 0 ? times : times.slice(first)
  }

  function waitMs(nowMs: number): number {
    allowed = recent(allowed, nowMs)
    const oldest = allowed[0]
    return oldest !== undefined && allowed.length >= count ? Math.max(1, Math.ceil(windowMs - (nowMs - oldest))) : 0
  }

  return {
    take(nowMs) {
      attempted = recent(attempted, nowMs)
      attempted.push(nowMs)
      const leftMs = waitMs(nowMs)
      if (leftMs === 0) allowed.push(nowMs)
      return leftMs
    },
    waitMs,
    giveBack(takenAtMs) {
      const index = allowed.indexOf(takenAtMs)
      if (index >= 0) allowed = allowed.toSpliced(index, 1)
    },
    attempts(nowMs) {
      attempted = recent(attempted, nowMs)
      return attempted.length
    }
  }
}

/** One rate window per person, over all their sockets. Empty windows are dropped. */
export interface PersonalWindows {
  take(userId: string, nowMs: number): number
  waitMs(userId: string, nowMs: number): number
  giveBack(userId: string, takenAtMs: number): void
}

export function createPersonalWindows(limit: Limit): PersonalWindows {
  const windows = new Map<string, RateWindow>()
  let sweptAtMs = -Infinity

  function sweep(nowMs: number): void {
    if (nowMs - sweptAtMs < limit.windowMs) return
    sweptAtMs = nowMs
    for (const [userId, window] of windows) if (window.attempts(nowMs) === 0) windows.delete(userId)
  }

  return {
    take(userId, nowMs) {
      sweep(nowMs)
      const window = windows.get(userId) ?? createRateWindow(limit)
      windows.set(userId, window)
      return window.take(nowMs)
    },
    waitMs: (userId, nowMs) => windows.get(userId)?.waitMs(nowMs) ?? 0,
    giveBack(userId, takenAtMs) {
      windows.get(userId)?.giveBack(takenAtMs)
    }
  }
}
