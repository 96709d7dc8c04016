import { createHmac } from 'node:crypto'

/** Long enough for a show, short enough that a leaked one is worth little; renewed by every ICE restart. */
const lifetimeMs = 6 * 60 * 60 * 1000

export interface IceServer {
  urls: string[]
  username?: string
  credential?: string
}

/**
 * TURN servers for one person with credentials that end soon.
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
  const username = `${Math.floor((nowMs + lifetimeMs) / 1000)}:${userId}`
  const credential = createHmac('sha1', secret).update(username).digest('base64')
  return [{ urls: [...urls], username, credential }]
}
