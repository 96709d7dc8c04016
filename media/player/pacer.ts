/** Songs go out in this rhythm; a packet of 20 ms is the shortest they have. */
const everyMs = 20

/** Calls back at every tick, with the tick's own time. */
export type Tick = (nowMs: number) => void

/** The rhythm in which songs are sent: one for all shows of a process. */
export interface Pacer {
  /** The tick that comes next, ms on a clock that never jumps. */
  readonly nextMs: number
  /** Answers how to stop it; that may be done twice. */
  add (tick: Tick): () => void
  close (): void
}

/**
 * One timer for all; it runs only while somebody listens to it. Each tick is at a multiple of 20 ms since the beginning and not
 * 20 ms after the one before: nothing adds up over hours. A late tick is told as the time it should have been, so that what is
 * due between two ticks never slips from one to the other; ticks that were missed are not made up for, the callee sees the time.
 */
export function createPacer (clockMs: () => number = () => performance.now()): Pacer {
  const startMs = clockMs()
  const ticks = new Set<Tick>()
  let timer: NodeJS.Timeout | undefined
  let last = -1

  const passed = () => Math.floor((clockMs() - startMs) / everyMs)

  function wait (): void {
    const dueMs = startMs + (Math.max(last, passed()) + 1) * everyMs
    timer = setTimeout(run, Math.ceil(dueMs - clockMs()))
  }

  function run (): void {
    const now = passed()
    if (now > last) {
      last = now
      for (const tick of ticks) tick(now * everyMs)
    }
    timer = undefined
    if (ticks.size > 0) wait()
  }

  return {
    get nextMs () { return (Math.max(last, passed()) + 1) * everyMs },
    add (tick) {
      ticks.add(tick)
      if (!timer) wait()
      return () => {
        ticks.delete(tick)
        if (ticks.size > 0) return
        clearTimeout(timer)
        timer = undefined
      }
    },
    close () {
      ticks.clear()
      clearTimeout(timer)
      timer = undefined
    }
  }
}
