import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { NamedKey } from '../../../config/config.ts'

/** A ticket is good for at least the first and at most both together; within the second everybody gets the same, which players can cache by. */
const goodForMs = 5 * 60_000
const sameForMs = 5 * 60_000
const keyBytes = 32
const shape = /^([A-Za-z0-9_-]{1,64})\.([0-9a-z]{1,10})\.([A-Za-z0-9_-]{43})$/

export type Tickets = ReturnType<typeof createTickets>

/**
 * Lets players of pages and apps, which send no headers of ours, have the bytes of one song of one person for some minutes. Signed
 * with keys made from those of the access tokens, so that neither can pass for the other.
 */
export function createTickets(keys: readonly NamedKey[], nowMs: () => number) {
  const derived = new Map(
    keys.map(({ kid, secret }) => [kid, Buffer.from(hkdfSync('sha256', secret, '', 'ambient song tickets', keyBytes))])
  )
  const [current] = derived.keys()
  if (current === undefined) throw new Error('JWT_KEYS holds no key')

  function sign(kid: string, until: string, songId: string, ownerId: string): Buffer {
    return createHmac('sha256', derived.get(kid) ?? '')
      .update(`${until}\n${songId}\n${ownerId}`)
      .digest()
  }

  return {
    issue(songId: string, ownerId: string): string {
      const until = (Math.ceil(nowMs() / sameForMs) * sameForMs + goodForMs).toString(36)
      return `${current}.${until}.${sign(current, until, songId, ownerId).toString('base64url')}`
    },

    isGood(ticket: string, songId: string, ownerId: string): boolean {
      const [, kid, until, signature] = shape.exec(ticket) ?? []
      if (kid === undefined || until === undefined || signature === undefined || !derived.has(kid)) return false
      const given = Buffer.from(signature, 'base64url')
      const right = sign(kid, until, songId, ownerId)
      return given.length === right.length && timingSafeEqual(given, right) && parseInt(until, 36) > nowMs()
    }
  }
}
