/** Time and randomness as the SDK uses them. Tests pass their own. */
export interface Clock {
  nowMs(): number
  /** Calls a function once after a delay. Returns a function that cancels the call. */
  after(delayMs: number, task: () => void): () => void
  /** Returns a random number from 0 to 1, for jitter. */
  random(): number
}

/** The clock of the machine. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs)
    return () => clearTimeout(timer)
  },
  random: () => Math.random()
}
