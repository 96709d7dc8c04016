import { CodedError, type PlayerToken } from '../../../../client/index.ts'
import { DeviceFault } from './device.ts'

/** A token is not handed out in the last moments of its life. */
const marginMs = 60_000

/** Tokens for Spotify's player, asked for anew when the last one is nearly over. Rejects with DeviceFault. */
export function createPlayerTokens(ask: () => Promise<PlayerToken>, nowMs: () => number): () => Promise<string> {
  let kept: { accessToken: string; untilMs: number } | null = null
  return async () => {
    if (kept && nowMs() < kept.untilMs) return kept.accessToken
    const { accessToken, expiresIn } = await ask().catch((error: unknown) => {
      throw faultOf(error)
    })
    kept = { accessToken, untilMs: nowMs() + expiresIn * 1000 - marginMs }
    return accessToken
  }
}

function faultOf(error: unknown): DeviceFault {
  const code = error instanceof CodedError ? error.code : 'INTERNAL'
  if (code === 'SPOTIFY_NOT_LINKED' || code === 'SPOTIFY_RELINK' || code === 'FORBIDDEN') return new DeviceFault('link')
  return new DeviceFault(code === 'RATE_LIMITED' ? 'busy' : 'unknown')
}
