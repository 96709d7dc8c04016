import type { Clock } from '../../client/clock.ts'

/** A clock that a test advances, without randomness. */
export interface ManualClock extends Clock {
  /** Advances the time and runs the timers that become due, in order. */
  advance(ms: number): void
  /** Waits until a timer with exactly this delay is set. */
  waitForTimer(delayMs: number): Promise<void>
  /** The delays of all pending timers. */
  readonly pendingDelays: number[]
}

export function createManualClock(): ManualClock {
  let nowMs = 1_800_000_000_000
  const timers = new Set<{ dueMs: number; delayMs: number; task: () => void }>()
  const watchers = new Set<() => void>()

  return {
    nowMs: () => nowMs,
    random: () => 0,
    after(delayMs, task) {
      const timer = { dueMs: nowMs + delayMs, delayMs, task }
      timers.add(timer)
      for (const watcher of [...watchers]) watcher()
      return () => {
        timers.delete(timer)
      }
    },
    advance(ms) {
      const endMs = nowMs + ms
      for (;;) {
        const next = [...timers].filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0]
        if (!next) break
        timers.delete(next)
        nowMs = Math.max(nowMs, next.dueMs)
        next.task()
      }
      nowMs = endMs
    },
    get pendingDelays() {
      return [...timers].map(({ delayMs }) => delayMs)
    },
    async waitForTimer(delayMs) {
      const isSet = () => [...timers].some(timer => timer.delayMs === delayMs)
      while (!isSet()) {
        await new Promise<void>(resolve => {
          const watcher = () => {
            watchers.delete(watcher)
            resolve()
          }
          watchers.add(watcher)
        })
      }
    }
  }
}
