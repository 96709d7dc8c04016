import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { NamedKey } from '../../../config/config.ts'

/** The requester of a file: a signed-in user, or anybody with a ticket or without. */
export interface FileRequester {
  readonly userId: string | null
  readonly ticket: string | undefined
}

/** Minimum validity of a ticket. The maximum is this plus the issue interval. */
const minValidMs = 5 * 60_000
/** Tickets of one subject that are issued in the same interval are equal, so that players can cache by URL. */
const issueIntervalMs = 5 * 60_000
const keyBytes = 32
const ticketPattern = /^([A-Za-z0-9_-]{1,64})\.([0-9a-z]{1,10})\.([A-Za-z0-9_-]{43})$/

export type Tickets = ReturnType<typeof createTickets>

/** Label of the keys that sign tickets of songs. */
const songTickets = 'ambient song tickets'

/**
 * Issues tickets for the bytes of one song of one person, or of another subject of an owner, valid for some minutes,
 * for players that send no headers of ours. The signing keys are derived from those of the access tokens under a label,
 * so that neither they nor tickets of another label are valid instead.
 */
export function createTickets(keys: readonly NamedKey[], nowMs: () => number, label = songTickets) {
  const derivedKeys = new Map(
    keys.map(({ kid, secret }) => [kid, Buffer.from(hkdfSync('sha256', secret, '', label, keyBytes))])
  )
  const [currentKid] = derivedKeys.keys()
  if (currentKid === undefined) throw new Error('JWT_KEYS holds no key')

  function sign(kid: string, until: string, subjectId: string, ownerId: string): Buffer {
    return createHmac('sha256', derivedKeys.get(kid) ?? '')
      .update(`${until}\n${subjectId}\n${ownerId}`)
      .digest()
  }

  return {
    issue(subjectId: string, ownerId: string): string {
      const until = (Math.ceil(nowMs() / issueIntervalMs) * issueIntervalMs + minValidMs).toString(36)
      return `${currentKid}.${until}.${sign(currentKid, until, subjectId, ownerId).toString('base64url')}`
    },

    isValid(ticket: string, subjectId: string, ownerId: string): boolean {
      const [, kid, until, signature] = ticketPattern.exec(ticket) ?? []
      if (kid === undefined || until === undefined || signature === undefined || !derivedKeys.has(kid)) return false
      const actual = Buffer.from(signature, 'base64url')
      const expected = sign(kid, until, subjectId, ownerId)
      return actual.length === expected.length && timingSafeEqual(actual, expected) && parseInt(until, 36) > nowMs()
    }
  }
}
