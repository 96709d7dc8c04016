import { CodedError, type PlayerToken } from '../../../../client/index.ts'
import { PlayerError } from './player-device.ts'

/** A token is replaced this long before it expires. */
const expiryMarginMs = 60_000

/**
 * Returns a function that resolves to an access token for Spotify's player, and requests a new one when the last is
 * about to expire. It rejects with PlayerError.
 */
export function createPlayerTokens(
  requestToken: () => Promise<PlayerToken>,
  nowMs: () => number
): () => Promise<string> {
  let cached: { accessToken: string; untilMs: number } | null = null
  return async () => {
    if (cached && nowMs() < cached.untilMs) return cached.accessToken
    const { accessToken, expiresIn } = await requestToken().catch((error: unknown) => {
      throw playerErrorOf(error)
    })
    cached = { accessToken, untilMs: nowMs() + expiresIn * 1000 - expiryMarginMs }
    return accessToken
  }
}

function playerErrorOf(error: unknown): PlayerError {
  const code = error instanceof CodedError ? error.code : 'INTERNAL'
  if (code === 'SPOTIFY_NOT_LINKED' || code === 'SPOTIFY_RELINK' || code === 'FORBIDDEN') return new PlayerError('link')
  return new PlayerError(code === 'RATE_LIMITED' ? 'busy' : 'unknown')
}
