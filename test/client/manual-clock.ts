import type { Clock } from '../../client/clock.ts'

/** Time that passes when a test says so; without chance. */
export interface ManualClock extends Clock {
  /** Lets time pass: what is due by then runs, in order. */
  pass(ms: number): void
  /** Resolves when something waits for exactly so long (from when it was asked). */
  untilWaiting(waitMs: number): Promise<void>
  /** How long everything that waits was asked to wait. */
  readonly waits: number[]
}

export function createManualClock(): ManualClock {
  let nowMs = 1_800_000_000_000
  const alarms = new Set<{ atMs: number; waitMs: number; task: () => void }>()
  const watchers = new Set<() => void>()

  return {
    nowMs: () => nowMs,
    random: () => 0,
    after(waitMs, task) {
      const alarm = { atMs: nowMs + waitMs, waitMs, task }
      alarms.add(alarm)
      for (const watcher of [...watchers]) watcher()
      return () => {
        alarms.delete(alarm)
      }
    },
    pass(ms) {
      const untilMs = nowMs + ms
      for (;;) {
        const next = [...alarms].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0]
        if (!next) break
        alarms.delete(next)
        nowMs = Math.max(nowMs, next.atMs)
        next.task()
      }
      nowMs = untilMs
    },
    get waits() {
      return [...alarms].map(({ waitMs }) => waitMs)
    },
    async untilWaiting(waitMs) {
      const isThere = () => [...alarms].some(alarm => alarm.waitMs === waitMs)
      while (!isThere()) {
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
