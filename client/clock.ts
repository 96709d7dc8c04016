/** Time and chance as the SDK uses them; tests bring their own. */
export interface Clock {
  nowMs(): number
  /** Calls back once, after so long; answers how to stop that. */
  after(waitMs: number, task: () => void): () => void
  /** 0 to 1, for jitter. */
  random(): number
}

/** The machine's. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(waitMs, task) {
    const timer = setTimeout(task, waitMs)
    return () => clearTimeout(timer)
  },
  random: () => Math.random()
}
