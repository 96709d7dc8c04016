import type { Collection } from 'mongodb'
import { CodedError } from '../../../../contract/errors.ts'
import { isDuplicateKey } from '../../documents/is-duplicate-key.ts'
import { deleteInSlices } from '../../documents/slices.ts'
import { mailboxOf } from './mailbox.ts'

/** A count of the mails that ask to verify an address: of a person, of an address, or of all. */
export interface MailLimitDocument {
  _id: string
  count: number
  endsAt: Date
}

export interface MailLimitsParts {
  limits: Collection<MailLimitDocument>
  /** Returns a keyed hash, so that the store has no addresses of others. */
  hash(text: string): string
  /** Maximum number of these mails in an hour. */
  maxPerHour: number
  nowMs(): number
}

const hourMs = 3_600_000
const maxPerPerson = { max: 5, windowMs: 24 * hourMs }
/** Maximum number of mails to one address, from all people who enter it. */
const maxPerAddress = { max: 4, windowMs: 7 * 24 * hourMs }

export type MailLimits = Awaited<ReturnType<typeof createMailLimits>>

/** Limits the mails to addresses that nobody has verified, so that they are no way to disturb others. */
export async function createMailLimits({ limits, hash, maxPerHour, nowMs }: MailLimitsParts) {
  await limits.createIndex({ endsAt: 1 })

  /** Counts one more, on any node. Throws RATE_LIMITED when there were too many. */
  async function take(_id: string, { max, windowMs }: { max: number; windowMs: number }): Promise<void> {
    const now = new Date(nowMs())
    const countOne = async (): Promise<boolean> => {
      const isFree = { _id, endsAt: { $gt: now }, count: { $lt: max } }
      return (await limits.updateOne(isFree, { $inc: { count: 1 } })).matchedCount > 0
    }
    if (await countOne()) return
    try {
      const first = { count: 1, endsAt: new Date(now.getTime() + windowMs) }
      await limits.updateOne({ _id, endsAt: { $lte: now } }, { $set: first }, { upsert: true })
    } catch (error) {
      if (!isDuplicateKey(error)) throw error
      // Another request may have begun the count meanwhile.
      if (await countOne()) return
      const endsAt = (await limits.findOne({ _id }))?.endsAt.getTime() ?? 0
      const retryAfterMs = Math.max(1000, endsAt - now.getTime())
      throw new CodedError('RATE_LIMITED', 'Too many mails were asked for. Try again later.', { retryAfterMs })
    }
  }

  const keyOfPerson = (userId: string) => `person:${userId}`

  return {
    /** Counts a mail to an address that a person entered. Throws RATE_LIMITED. */
    async count(userId: string, address: string): Promise<void> {
      await take(keyOfPerson(userId), maxPerPerson)
      await take(`address:${hash(mailboxOf(address))}`, maxPerAddress)
      await take('all', { max: maxPerHour, windowMs: hourMs })
    },

    /** Removes the counts whose time is over. */
    removeEnded: async (): Promise<void> => await deleteInSlices(limits, { endsAt: { $lte: new Date(nowMs()) } }),

    erase: async (userId: string): Promise<void> => {
      await limits.deleteOne({ _id: keyOfPerson(userId) })
    }
  }
}
