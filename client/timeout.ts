import type { Clock } from './clock.ts'

/** Aborts an operation that takes too long. */
export interface Timeout {
  readonly signal: AbortSignal
  /** Starts the timeout again with another duration. */
  restart(timeoutMs: number): void
  /** Aborts at once. */
  abort(): void
  /** Stops the timeout without aborting. */
  clear(): void
}

/** Starts a timeout whose signal aborts after `timeoutMs`. */
export function startTimeout(timeoutMs: number, clock: Clock): Timeout {
  const controller = new AbortController()
  const abort = () => controller.abort()
  let clear = clock.after(timeoutMs, abort)
  return {
    signal: controller.signal,
    restart(timeoutMs) {
      clear()
      clear = clock.after(timeoutMs, abort)
    },
    abort,
    clear: () => clear()
  }
}
