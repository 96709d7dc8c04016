import type { Account } from './account.ts'
import { createBackoff } from './backoff.ts'
import type { Clock } from './clock.ts'
import { isRetryable } from './retryable.ts'

export interface TokenRenewalParts {
  account: Account
  clock: Clock
  /** The token that the socket was opened with. */
  presentedToken: string | null
  /** Presents a new token to the server. */
  present: (token: string) => Promise<unknown>
}

const delays = { firstMs: 1000, maxMs: 15_000 }

/**
 * Keeps a socket authenticated. The server closes a socket when the last token presented on it expires, so this renews
 * the token in time and presents every new token, even one renewed elsewhere. Returns a function that stops it.
 */
export function startTokenRenewal(parts: TokenRenewalParts): () => void {
  const { account, clock, present } = parts
  const backoff = createBackoff(delays, clock)
  let { presentedToken } = parts
  let cancelTimer: (() => void) | undefined
  let isStopped = false

  async function renew(): Promise<void> {
    try {
      const token = await account.freshToken()
      if (isStopped || token === null) return
      if (token !== presentedToken) await presentToken(token)
      backoff.reset()
      schedule()
    } catch (error) {
      // After other rejections the socket closes when its token expires, and reconnects with the new one.
      if (!isStopped && isRetryable(error)) backoff.schedule(renew, error.retryAfterMs)
    }
  }

  async function presentToken(token: string): Promise<void> {
    const previous = presentedToken
    presentedToken = token
    await present(token).catch((error: unknown) => {
      presentedToken = previous
      throw error
    })
  }

  function schedule(): void {
    cancelTimer?.()
    const { renewAtMs } = account
    if (renewAtMs !== null && !isStopped) {
      cancelTimer = clock.after(Math.max(0, renewAtMs - clock.nowMs()), renew)
    }
  }

  const unsubscribe = account.subscribe(renew)
  schedule()

  return () => {
    isStopped = true
    cancelTimer?.()
    backoff.cancel()
    unsubscribe()
  }
}
