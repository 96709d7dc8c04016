/**
 * Songs are sent at this interval, a few packets at a time. Most of the CPU time of a single song is the wake-up: a
 * timer that does nothing was measured at 0.7 % of a core every 20 ms, and at 0.2 % every 60 ms. With a longer interval
 * a pause is heard late.
 */
const tickIntervalMs = 60

/** Sends what is due before `untilMs`; `nowMs` is the nominal time of the tick. */
export type Tick = (nowMs: number, untilMs: number) => void

/** The timer by which songs are sent: one for all shows of a process. */
export interface Pacer {
  /** Time of a clock that never jumps. */
  readonly nowMs: number
  /** Time of the next tick. */
  readonly nextTickMs: number
  /** Calls `tick` at every tick; returns a function that stops it, which may be called twice. */
  add(tick: Tick): () => void
  close(): void
}

/**
 * Creates a pacer with one timer for all, which runs only while there is a listener. Each tick is at a multiple of 60
 * ms since the beginning, not 60 ms after the one before, so that no error adds up over hours. A late tick is reported
 * with its nominal time, so that packets that are due between two ticks never move from one to the other. Missed ticks
 * are not made up for: the listener sees the time.
 */
export function createPacer(clockMs: () => number = () => performance.now()): Pacer {
  const startMs = clockMs()
  const listeners = new Set<Tick>()
  let timer: NodeJS.Timeout | undefined
  /** Number of the last tick. */
  let last = -1

  const currentTick = () => Math.floor((clockMs() - startMs) / tickIntervalMs)

  /** Sets the one timer, unless a listener that was added during a tick has set it. */
  function schedule(): void {
    if (timer) return
    const dueMs = startMs + (last + 1) * tickIntervalMs
    timer = setTimeout(run, Math.max(0, Math.ceil(dueMs - clockMs())))
  }

  function run(): void {
    timer = undefined
    const current = currentTick()
    if (current > last) {
      last = current
      for (const tick of listeners) tick(current * tickIntervalMs, (current + 1) * tickIntervalMs)
    }
    if (listeners.size > 0) schedule()
  }

  function stop(): void {
    clearTimeout(timer)
    timer = undefined
  }

  return {
    get nowMs() {
      return clockMs() - startMs
    },
    get nextTickMs() {
      return (Math.max(last, currentTick()) + 1) * tickIntervalMs
    },
    add(tick) {
      listeners.add(tick)
      if (!timer) {
        last = Math.max(last, currentTick())
        schedule()
      }
      return () => {
        listeners.delete(tick)
        if (listeners.size === 0) stop()
      }
    },
    close() {
      listeners.clear()
      stop()
    }
  }
}
