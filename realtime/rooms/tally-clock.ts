/** Minimum time between two counts of a show's votes, however many vote. */
const intervalMs = 1_000
/** Time from a first vote to its count, so that a few votes are one count. */
const firstMs = 100

/** Has the votes of a show counted while people vote, at most once per second. */
export interface TallyClock {
  /** Somebody has voted. */
  voted(): void
  close(): void
}

/** `onDue` never rejects. */
export function createTallyClock(onDue: () => Promise<void>): TallyClock {
  let countedAtMs = -Infinity
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  async function count(): Promise<void> {
    countedAtMs = performance.now()
    timer = undefined
    await onDue()
  }

  return {
    voted() {
      if (isClosed) return
      timer ??= setTimeout(count, Math.max(firstMs, countedAtMs + intervalMs - performance.now()))
    },
    close() {
      isClosed = true
      clearTimeout(timer)
    }
  }
}
