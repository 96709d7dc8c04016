import type { Collection } from 'mongodb'
import type { EmailAddress, EmailStatus } from '../../../../contract/email.ts'
import { CodedError } from '../../../../contract/errors.ts'
import { opaqueId } from '../../documents/opaque-id.ts'
import { exportedRecords } from '../../privacy/exported-records.ts'
import type { NotificationPreferences } from '../settings/notification-settings.ts'
import type { BlockedMailboxes } from './blocked-mailboxes.ts'
import type { EmailTokens } from './email-tokens.ts'
import type { MailLimits } from './mail-limits.ts'

/** The mail that asks a person to verify an address, while it waits to be sent or its link to be opened. */
export interface PendingCheck {
  expiresAt: Date
  attempts: number
  /** The time of the next attempt to send it; the end of a lease while a node does. Missing when it is sent. */
  nextAt?: Date
}

/** The address of a person, by the person's id. */
export interface EmailAddressDocument {
  _id: string
  /** Changes with the address, so that links in mails to another one mean nothing. */
  entryId: string
  address: string
  verifiedAt: Date | null
  /** The time at which the server of the address refused it for good. */
  refusedAt: Date | null
  check: PendingCheck | null
  createdAt: Date
}

export interface EmailAddressesParts {
  addresses: Collection<EmailAddressDocument>
  tokens: Pick<EmailTokens, 'read'>
  limits: Pick<MailLimits, 'count' | 'erase'>
  blocked: Pick<BlockedMailboxes, 'idOf' | 'has' | 'among' | 'block' | 'unblock'>
  preferences: Pick<NotificationPreferences, 'patch'>
  isAvailable: boolean
  nowMs(): number
}

/** Time in which the link of a mail works. */
const checkMs = 24 * 3_600_000

export type EmailAddresses = Awaited<ReturnType<typeof createEmailAddresses>>

/** Addresses that people entered. Only a verified one gets messages. */
export async function createEmailAddresses(parts: EmailAddressesParts) {
  const { addresses, tokens, limits, blocked, preferences, isAvailable, nowMs } = parts
  await addresses.createIndex({ 'check.nextAt': 1 })

  async function toView(found: EmailAddressDocument | null): Promise<EmailAddress> {
    if (!found) return { isAvailable, address: null, status: 'none', expiresAt: null }
    const { address, check } = found
    const status = (await blocked.has(address)) ? 'refused' : statusOf(found)
    const isWaiting = status === 'waiting' && check !== null
    return {
      isAvailable,
      address,
      status,
      expiresAt: isWaiting ? check.expiresAt.toISOString() : null
    }
  }

  return {
    get: async (userId: string): Promise<EmailAddress> => await toView(await addresses.findOne({ _id: userId })),

    /**
     * Sets the address of a person, and sends it a mail with a link. Sends none to an address that is verified, nor to
     * one whose reader has blocked mail, which is refused. Throws NOT_FOUND while this server sends no e-mail, and
     * RATE_LIMITED.
     */
    async set(userId: string, address: string): Promise<EmailAddress> {
      if (!isAvailable) throw new CodedError('NOT_FOUND', 'This server sends no e-mail.')
      const before = await addresses.findOne({ _id: userId })
      if (before?.address === address && statusOf(before) === 'verified') return await toView(before)
      await limits.count(userId, address)
      const now = new Date(nowMs())
      const check = { expiresAt: new Date(now.getTime() + checkMs), attempts: 0, nextAt: now }
      // The links of earlier mails to the same address keep working.
      const again = await addresses.findOneAndUpdate(
        { _id: userId, address },
        { $set: { check, refusedAt: null } },
        { returnDocument: 'after' }
      )
      if (again) return await toView(again)
      const entry = { entryId: opaqueId(), address, verifiedAt: null, refusedAt: null, check, createdAt: now }
      return await toView(
        await addresses.findOneAndUpdate({ _id: userId }, { $set: entry }, { upsert: true, returnDocument: 'after' })
      )
    },

    /** Removes the address of a person. Safe to repeat. */
    async remove(userId: string): Promise<void> {
      await addresses.deleteOne({ _id: userId })
    },

    /**
     * Verifies the address of the link in a mail, and ends a block of its mailbox, whose reader has pressed the button.
     * Safe to repeat. Throws NOT_FOUND for a link that has ended.
     */
    async verify(token: string): Promise<void> {
      const { userId = '', entryId = '' } = tokens.read('verify', token) ?? {}
      const now = new Date(nowMs())
      const entry = { _id: userId, entryId, verifiedAt: null, 'check.expiresAt': { $gt: now } }
      const waiting = await addresses.findOne(entry)
      // First, so that a link which is opened again after a crash does both.
      if (waiting) await blocked.unblock(blocked.idOf(waiting.address))
      await addresses.updateOne(entry, { $set: { verifiedAt: now, refusedAt: null, check: null } })
      const found = await addresses.findOne({ _id: userId, entryId })
      if (!found?.verifiedAt) throw new CodedError('NOT_FOUND', 'This link has ended. Enter the address again.')
    },

    /** Ends the mails to the address of a link. One to an address that is not the person's any more changes nothing. */
    async unsubscribe(token: string): Promise<void> {
      const { userId, entryId } = tokens.read('unsubscribe', token) ?? {}
      if (userId === undefined || entryId === undefined) throw new CodedError('NOT_FOUND', 'This link is not valid.')
      if (await addresses.findOne({ _id: userId, entryId })) await preferences.patch(userId, { email: false })
    },

    /** Blocks the mailbox of a link, or ends its block. Safe to repeat. Throws NOT_FOUND. */
    async setBlocked(token: string, isBlocked: boolean): Promise<void> {
      const meaning = tokens.read('block', token)
      if (!meaning) throw new CodedError('NOT_FOUND', 'This link is not valid.')
      await (isBlocked ? blocked.block(meaning.mailboxId) : blocked.unblock(meaning.mailboxId))
    },

    /** Returns those of these people who have a verified address that is neither refused nor blocked. */
    async findVerified(userIds: readonly string[]): Promise<Set<string>> {
      const filter = { _id: { $in: [...userIds] }, verifiedAt: { $ne: null }, refusedAt: null }
      const found = await addresses.find(filter, { projection: { address: 1 } }).toArray()
      const refused = await blocked.among(found.map(({ address }) => address))
      return new Set(found.filter(({ address }) => !refused.has(address)).map(({ _id }) => _id))
    },

    /** Returns the verified address of a person. */
    async findOfPerson(userId: string): Promise<EmailAddressDocument | undefined> {
      const found = await addresses.findOne({ _id: userId })
      if (!found || statusOf(found) !== 'verified') return undefined
      return (await blocked.has(found.address)) ? undefined : found
    },

    /** Claims the address whose mail with a link has waited longest. Returns null when none waits. */
    async claimCheck(leaseMs: number): Promise<EmailAddressDocument | null> {
      const now = nowMs()
      return await addresses.findOneAndUpdate(
        { 'check.nextAt': { $lte: new Date(now) } },
        { $set: { 'check.nextAt': new Date(now + leaseMs) }, $inc: { 'check.attempts': 1 } },
        { sort: { 'check.nextAt': 1 }, returnDocument: 'after' }
      )
    },

    /** Keeps when the mail with a link is sent again; undefined, when it is not. */
    async finishCheck({ _id, entryId }: EmailAddressDocument, nextAt?: Date): Promise<void> {
      const update = nextAt ? { $set: { 'check.nextAt': nextAt } } : { $unset: { 'check.nextAt': '' as const } }
      await addresses.updateOne({ _id, entryId, check: { $ne: null } }, update)
    },

    /** Keeps that the server of an address refused it for good. It gets no more mails until it is entered again. */
    async markRefused({ _id, entryId }: EmailAddressDocument): Promise<void> {
      await addresses.updateOne({ _id, entryId }, { $set: { refusedAt: new Date(nowMs()), check: null } })
    },

    personalData: {
      export: (userId: string): AsyncIterable<object> =>
        exportedRecords(addresses, { _id: userId }, ({ address, verifiedAt, createdAt }) => ({
          ...{ address, verifiedAt: verifiedAt?.toISOString() ?? null },
          createdAt: createdAt.toISOString()
        })),
      async erase(userId: string): Promise<void> {
        await addresses.deleteOne({ _id: userId })
        await limits.erase(userId)
      }
    }
  }
}

function statusOf({ verifiedAt, refusedAt }: EmailAddressDocument): EmailStatus {
  if (refusedAt) return 'refused'
  return verifiedAt ? 'verified' : 'waiting'
}
