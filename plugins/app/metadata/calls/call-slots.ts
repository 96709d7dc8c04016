/**
 * Limits of the calls to one repository. Calls are spaced by `intervalMs`, counted from the moment at which each was
 * allowed, and one begins no sooner than `gapMs` after the end of the one before.
 */
export interface CallPace {
  readonly intervalMs: number
  readonly gapMs: number
  /** Time after which a call has certainly ended: it is cut off sooner. */
  readonly callMs: number
  /** Time without calls after the history of calls was lost. */
  readonly quietMs: number
}

/** Answer to a request for a slot: a call may go out now, or has to wait. */
export type SlotAnswer = { readonly token: string } | { readonly waitMs: number }

/** Slots for calls to one repository. One call is under way at a time. */
export interface CallSlots {
  /** Takes the next slot, if it is free. Rejects when that cannot be known. */
  claim(): Promise<SlotAnswer>
  /** Returns the time until a slot is free, ms. Rejects when that cannot be known. */
  waitMs(): Promise<number>
  /** Gives a slot back after its call. No call goes out for `pauseMs`. */
  finish(token: string, pauseMs: number): Promise<void>
}

/** A call of another node is under way: asked again after this time. */
export const pollMs = 50
/** Upper bound of all pauses. A longer wait comes from a clock that was set back. */
export const maxPauseMs = 3_600_000

/**
 * Returns the pace for at most `calls` in any moving window, over all nodes.
 *
 * Each call arrives at the repository between the moment when it was allowed and the end of its call, and the next one
 * is allowed after both. So the arrivals of calls n and n + k are at least k - 1 intervals apart, however slow a
 * connection is. With `calls` - 2 intervals in a window there is room for one more call: that of a process that was
 * stopped between its permission and its call.
 */
export function paceOf(calls: number, windowMs: number, { gapMs = 0, callMs = 6500 } = {}): CallPace {
  return { intervalMs: Math.ceil(windowMs / (calls - 2)), gapMs, callMs, quietMs: windowMs }
}

/**
 * Keeps the slots of one process. The process may have been restarted, so the first call waits for an interval.
 * @param nowMs a monotonic clock
 */
export function createMemorySlots(pace: CallPace, nowMs: () => number = () => performance.now()): CallSlots {
  let nextMs = nowMs() + pace.intervalMs
  let holder: { token: string; untilMs: number } | undefined
  let count = 0

  const wait = () => {
    const now = nowMs()
    const isBusy = holder !== undefined && holder.untilMs > now
    return Math.max(isBusy ? pollMs : 0, nextMs - now)
  }

  return {
    async claim() {
      const waitMs = wait()
      if (waitMs > 0) return { waitMs }
      const token = String(++count)
      nextMs = nowMs() + pace.intervalMs
      holder = { token, untilMs: nowMs() + pace.callMs }
      return { token }
    },
    waitMs: async () => wait(),
    async finish(token, pauseMs) {
      if (holder?.token === token) holder = undefined
      nextMs = Math.max(nextMs, nowMs() + Math.max(pace.gapMs, Math.min(pauseMs, maxPauseMs)))
    }
  }
}
