/** At most `count` things in any `windowMs`. */
export interface Limit {
  readonly count: number
  readonly windowMs: number
}

/** Remembers when things happened, no longer than a window, and no more than would close a flooding socket. */
export interface RateWindow {
  /** Counts one more; how far over the limit this is: 0 when allowed, else how long to wait. */
  take(nowMs: number): number
  /** How long the next one has to wait; counts nothing. */
  waitMs(nowMs: number): number
  /** What was allowed at that time did not happen after all. */
  giveBack(takenAtMs: number): void
  /** How often somebody tried within the window, refused tries included. */
  tries(nowMs: number): number
}

/**
 * An exact sliding window: the n-th within the window is allowed, the one after is not. Refused tries do not
 * postpone the moment when trying is allowed again, but are counted as tries.
 */
export function createRateWindow({ count, windowMs }: Limit): RateWindow {
  let allowed: number[] = []
  let tried: number[] = []

  const recent = (times: number[], nowMs: number) => {
    const first = times.findIndex(time => time > nowMs - windowMs)
    return first === -1 ? [] : first === 0 ? times : times.slice(first)
  }

  function waitMs(nowMs: number): number {
    allowed = recent(allowed, nowMs)
    const oldest = allowed[0]
    return oldest !== undefined && allowed.length >= count ? Math.max(1, oldest + windowMs - nowMs) : 0
  }

  return {
    take(nowMs) {
      tried = recent(tried, nowMs)
      tried.push(nowMs)
      const leftMs = waitMs(nowMs)
      if (leftMs === 0) allowed.push(nowMs)
      return leftMs
    },
    waitMs,
    giveBack(takenAtMs) {
      const place = allowed.indexOf(takenAtMs)
      if (place >= 0) allowed = allowed.toSpliced(place, 1)
    },
    tries(nowMs) {
      tried = recent(tried, nowMs)
      return tried.length
    }
  }
}

/** The windows of people, wherever they are connected; one that is empty is forgotten. */
export interface PersonalWindows {
  take(userId: string, nowMs: number): number
  waitMs(userId: string, nowMs: number): number
  giveBack(userId: string, takenAtMs: number): void
}

export function createPersonalWindows(limit: Limit): PersonalWindows {
  const windows = new Map<string, RateWindow>()
  let sweptAtMs = 0

  function sweep(nowMs: number): void {
    if (nowMs - sweptAtMs < limit.windowMs) return
    sweptAtMs = nowMs
    for (const [userId, window] of windows) if (window.tries(nowMs) === 0) windows.delete(userId)
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
