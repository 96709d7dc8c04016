import type { Collection } from 'mongodb'
import { isDuplicateKey } from '../../documents/is-duplicate-key.ts'
import { mailboxOf } from './mailbox.ts'

/** A mailbox whose reader wants no mail from this server, by its hash. It has no account, so no erasure removes it. */
export interface BlockedMailboxDocument {
  _id: string
  blockedAt: Date
}

export interface BlockedMailboxesParts {
  blocked: Collection<BlockedMailboxDocument>
  /** Returns a keyed hash, so that the store has no addresses of people without an account. */
  hash(text: string): string
  nowMs(): number
}

export type BlockedMailboxes = ReturnType<typeof createBlockedMailboxes>

/** Mailboxes that get no mail, whoever enters their address. Only their reader blocks and unblocks them. */
export function createBlockedMailboxes({ blocked, hash, nowMs }: BlockedMailboxesParts) {
  /** Returns the id of the mailbox of an address. It is in the links of mails. */
  const idOf = (address: string): string => hash(`mailbox:${mailboxOf(address)}`)

  return {
    idOf,

    /** Blocks a mailbox. Safe to repeat. */
    async block(mailboxId: string): Promise<void> {
      try {
        await blocked.updateOne(
          { _id: mailboxId },
          { $setOnInsert: { blockedAt: new Date(nowMs()) } },
          { upsert: true }
        )
      } catch (error) {
        if (!isDuplicateKey(error)) throw error
      }
    },

    /** Ends the block of a mailbox. Safe to repeat. */
    async unblock(mailboxId: string): Promise<void> {
      await blocked.deleteOne({ _id: mailboxId })
    },

    has: async (address: string): Promise<boolean> => (await blocked.findOne({ _id: idOf(address) })) !== null,

    /** Returns those of these addresses that are blocked. */
    async among(addresses: readonly string[]): Promise<Set<string>> {
      if (addresses.length === 0) return new Set()
      const found = await blocked.find({ _id: { $in: addresses.map(idOf) } }).toArray()
      const ids = new Set(found.map(({ _id }) => _id))
      return new Set(addresses.filter(address => ids.has(idOf(address))))
    }
  }
}
