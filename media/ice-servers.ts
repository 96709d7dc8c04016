import { createHmac } from 'node:crypto'
import type { IceServer } from '../contract/media.ts'

/**
 * Lifetime of TURN credentials: long enough for a show, and short enough that a leaked credential is worth little.
 * Every ICE restart renews them.
 */
const credentialLifetimeMs = 6 * 60 * 60 * 1000

/**
 * Returns the TURN servers for one user, with credentials that expire.
 * @see https://datatracker.ietf.org/doc/html/draft-uberti-behave-turn-rest-00
 */
export function iceServersFor(
  userId: string,
  urls: readonly string[],
  secret: string | undefined,
  nowMs: number
): IceServer[] {
  if (urls.length === 0) return []
  if (!secret) return [{ urls: [...urls] }]
  const username = `${Math.floor((nowMs + credentialLifetimeMs) / 1000)}:${userId}`
  const credential = createHmac('sha1', secret).update(username).digest('base64')
  return [{ urls: [...urls], username, credential }]
}
