/** Maximum number of keys counted at a time. Above it the oldest window is dropped. */
const maxKeys = 100_000

/** The count of one key in its current window. */
export interface WindowCount {
  count: number
  /** Time until the window ends, ms; 0 when there is none. */
  leftMs: number
}

/**
 * Counts by key in windows of fixed length. The first event of a key starts its window. Time is the monotonic clock:
 * with the wall clock, a step back would extend all windows by the step.
 */
export class CountingWindows {
  readonly #windowMs: number
  readonly #nowMs: () => number
  /** In the order in which the windows began, which is the order in which they end. */
  readonly #windows = new Map<string, { count: number; startedAtMs: number }>()

  constructor(windowMs: number, nowMs = () => performance.now()) {
    this.#windowMs = windowMs
    this.#nowMs = nowMs
  }

  /** Returns the count of a key; counts nothing. */
  read(key: string): WindowCount {
    const nowMs = this.#nowMs()
    this.#removeEnded(nowMs)
    const window = this.#windows.get(key)
    return window ? { count: window.count, leftMs: this.#leftMs(window, nowMs) } : { count: 0, leftMs: 0 }
  }

  /** Counts more of a key. */
  add(key: string, amount = 1): WindowCount {
    const nowMs = this.#nowMs()
    this.#removeEnded(nowMs)
    let window = this.#windows.get(key)
    if (!window) this.#windows.set(key, (window = { count: 0, startedAtMs: nowMs }))
    window.count += amount
    return { count: window.count, leftMs: this.#leftMs(window, nowMs) }
  }

  #leftMs({ startedAtMs }: { startedAtMs: number }, nowMs: number): number {
    // In this order, a window that begins now has exactly its length left.
    return Math.ceil(this.#windowMs - (nowMs - startedAtMs))
  }

  #removeEnded(nowMs: number): void {
    for (const [key, { startedAtMs }] of this.#windows) {
      if (nowMs - startedAtMs < this.#windowMs && this.#windows.size <= maxKeys) return
      this.#windows.delete(key)
    }
  }
}
