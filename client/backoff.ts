import type { Clock } from './clock.ts'

/** Delays between attempts: doubling, and with jitter, so that many clients do not retry at the same moment. */
export interface Backoff {
  /** Number of attempts since the last reset. */
  readonly attempts: number
  /**
   * Schedules the next attempt after the next delay, or after `minDelayMs` if that is longer. Replaces an attempt that
   * is already scheduled.
   */
  schedule(attempt: () => void, minDelayMs?: number): void
  /** Starts again with the first delay. Called after a success. */
  reset(): void
  /** Cancels the scheduled attempt. */
  cancel(): void
}

export interface BackoffDelays {
  readonly firstMs: number
  readonly maxMs: number
}

export function createBackoff({ firstMs, maxMs }: BackoffDelays, clock: Clock): Backoff {
  let attempts = 0
  let cancelTimer: (() => void) | undefined

  /** Returns between half of a delay and the whole delay. */
  const shorten = (delayMs: number) => delayMs * (0.5 + clock.random() / 2)
  /** Returns between the whole delay and one and a half: a delay requested by the server is never shortened. */
  const stretch = (delayMs: number) => delayMs * (1 + clock.random() / 2)

  function cancel(): void {
    cancelTimer?.()
    cancelTimer = undefined
  }

  return {
    get attempts() {
      return attempts
    },
    schedule(attempt, minDelayMs = 0) {
      cancel()
      const delayMs = Math.max(shorten(Math.min(firstMs * 2 ** attempts, maxMs)), stretch(minDelayMs))
      attempts++
      cancelTimer = clock.after(delayMs, attempt)
    },
    reset() {
      attempts = 0
    },
    cancel
  }
}
