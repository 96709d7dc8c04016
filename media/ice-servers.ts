import { createHmac } from 'node:crypto'
import type { IceServer } from '../contract/media.ts'

/**
 * Lifetime of TURN credentials. A relay asks for them when a path is made, which is at once; a credential that was
 * taken away, or whose person was banned, is soon worth nothing.
 */
export const credentialLifetimeMs = 60 * 60 * 1000

/** Members get new credentials after this time, and with every ICE restart. */
export const credentialRenewalMs = credentialLifetimeMs / 2

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
