import type { Clock } from './clock.ts'

/** Waits between tries: doubling, and with jitter, so that a thousand clients don't come at once. */
export interface Backoff {
  /** Tries again after the next wait, or after `atLeastMs` when that is longer. A try that is waiting already is put off. */
  again(task: () => void, atLeastMs?: number): void
  /** It worked: the next wait is the first again. */
  worked(): void
  /** Tries since it last worked. */
  readonly tries: number
  /** Forgets the try that is waiting. */
  stop(): void
}

export interface Waits {
  readonly firstMs: number
  readonly longestMs: number
}

export function createBackoff({ firstMs, longestMs }: Waits, clock: Clock): Backoff {
  let tries = 0
  let cancel: (() => void) | undefined

  /** Between half and the whole of it. */
  const shortened = (waitMs: number) => waitMs * (0.5 + clock.random() / 2)
  /** What the server asked for is never shortened, and spread as widely. */
  const stretched = (waitMs: number) => waitMs * (1 + clock.random() / 2)

  function stop(): void {
    cancel?.()
    cancel = undefined
  }

  return {
    get tries() {
      return tries
    },
    again(task, atLeastMs = 0) {
      stop()
      const waitMs = Math.max(shortened(Math.min(firstMs * 2 ** tries, longestMs)), stretched(atLeastMs))
      tries++
      cancel = clock.after(waitMs, task)
    },
    worked() {
      tries = 0
    },
    stop
  }
}
