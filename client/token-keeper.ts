import { CodedError } from '../contract/errors.ts'
import type { Account } from './account.ts'
import { createBackoff } from './backoff.ts'
import type { Clock } from './clock.ts'

export interface TokenKeeperParts {
  account: Account
  clock: Clock
  /** The token the socket was opened with. */
  shown: string | null
  /** Shows a new token to the server. */
  present: (token: string) => Promise<unknown>
}

const waits = { firstMs: 1000, longestMs: 15_000 }

/**
 * A socket lives as long as the token it was shown last: renews it before its end, and shows each new one, whoever renewed it.
 * Runs from a join until it is stopped.
 */
export function keepToken(parts: TokenKeeperParts): () => void {
  const { account, clock, present } = parts
  const backoff = createBackoff(waits, clock)
  let { shown } = parts
  let cancel: (() => void) | undefined
  let stopped = false

  async function look(): Promise<void> {
    try {
      const token = await account.freshToken()
      if (stopped || token === null) return
      if (token !== shown) await show(token)
      backoff.worked()
      schedule()
    } catch (error) {
      // What the server refuses stays refused; the socket ends with its token, and comes back with the new one.
      const passing = error instanceof CodedError && (error.code === 'UNAVAILABLE' || error.code === 'RATE_LIMITED')
      if (!stopped && passing) backoff.again(look, error.retryAfterMs)
    }
  }

  async function show(token: string): Promise<void> {
    const before = shown
    shown = token
    await present(token).catch((error: unknown) => {
      shown = before
      throw error
    })
  }

  function schedule(): void {
    cancel?.()
    const { renewAtMs } = account
    if (renewAtMs !== null && !stopped) cancel = clock.after(Math.max(0, renewAtMs - clock.nowMs()), look)
  }

  const unsubscribe = account.subscribe(look)
  schedule()

  return () => {
    stopped = true
    cancel?.()
    backoff.stop()
    unsubscribe()
  }
}
