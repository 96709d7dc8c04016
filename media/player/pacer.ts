/**
 * Songs go out in this rhythm, a few packets at a time. Of what a song that plays alone costs Node, being woken is the most: a
 * timer that does nothing was measured at 0.7 % of a core every 20 ms, and at 0.2 % every 60. Longer, and a pause is heard late.
 */
const everyMs = 60

/** Sends what is due before `untilMs`; `nowMs` is the tick's own time. */
export type Tick = (nowMs: number, untilMs: number) => void

/** The rhythm in which songs are sent: one for all shows of a process. */
export interface Pacer {
  /** ms on a clock that never jumps. */
  readonly nowMs: number
  /** The tick that comes next. */
  readonly nextMs: number
  /** Answers how to stop it; that may be done twice. */
  add(tick: Tick): () => void
  close(): void
}

/**
 * One timer for all; it runs only while somebody listens to it. Each tick is at a multiple of 60 ms since the beginning and not
 * 60 ms after the one before: nothing adds up over hours. A late tick is told as the time it should have been, so that what is
 * due between two ticks never slips from one to the other; ticks that were missed are not made up for, the callee sees the time.
 */
export function createPacer(clockMs: () => number = () => performance.now()): Pacer {
  const startMs = clockMs()
  const ticks = new Set<Tick>()
  let timer: NodeJS.Timeout | undefined
  let last = -1

  const passed = () => Math.floor((clockMs() - startMs) / everyMs)

  function wait(): void {
    const dueMs = startMs + (last + 1) * everyMs
    timer = setTimeout(run, Math.max(0, Math.ceil(dueMs - clockMs())))
  }

  function run(): void {
    const now = passed()
    if (now > last) {
      last = now
      for (const tick of ticks) tick(now * everyMs, (now + 1) * everyMs)
    }
    timer = undefined
    if (ticks.size > 0) wait()
  }

  return {
    get nowMs() {
      return clockMs() - startMs
    },
    get nextMs() {
      return (Math.max(last, passed()) + 1) * everyMs
    },
    add(tick) {
      ticks.add(tick)
      if (!timer) {
        last = Math.max(last, passed())
        wait()
      }
      return () => {
        ticks.delete(tick)
        if (ticks.size > 0) return
        clearTimeout(timer)
        timer = undefined
      }
    },
    close() {
      ticks.clear()
      clearTimeout(timer)
      timer = undefined
    }
  }
}
