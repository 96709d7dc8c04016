import { randomBytes } from 'node:crypto'
import { CodedError, invalidRequest } from '../../../../contract/errors.ts'
import type {
  Webhook,
  WebhookDelivery,
  WebhookDraft,
  WebhookPatch,
  WebhookWithSecret
} from '../../../../contract/webhooks.ts'
import { opaqueId } from '../../documents/opaque-id.ts'
import { deleteInSlices } from '../../documents/slices.ts'
import type { Sealed, SealedBox } from '../../identity/sealed-box.ts'
import { exportedRecords } from '../../privacy/exported-records.ts'
import type { Outbound } from '../outbound/post.ts'
import type { WebhookDeliveryDocument, WebhookDocument, WebhookTables } from './documents.ts'

export interface WebhooksParts extends Pick<WebhookTables, 'webhooks' | 'deliveries'> {
  outbound: Pick<Outbound, 'isAllowed'>
  box: SealedBox
  nowMs(): number
}

/** Maximum number of webhooks of one person. */
const maxPerPerson = 5
/** Deliveries that an owner sees. */
const maxShown = 20
/** Tests of one webhook that wait at the same time. */
const maxWaitingTests = 3
/** The secret before a change signs too for this time. */
const formerMs = 24 * 3_600_000
/** Bytes of a secret: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
const secretBytes = 32

export type Webhooks = ReturnType<typeof createWebhooks>

/** Addresses to which people let the server tell what happens with their shows. */
export function createWebhooks({ webhooks, deliveries, outbound, box, nowMs }: WebhooksParts) {
  function assertAllowed(url: string | undefined): void {
    if (url === undefined || outbound.isAllowed(url)) return
    throw invalidRequest([{ path: '/url', message: 'must be an https address on the public internet' }])
  }

  async function get(userId: string, webhookId: string): Promise<WebhookDocument> {
    const found = await webhooks.findOne({ _id: webhookId, userId })
    if (!found) throw notFound()
    return found
  }

  /** Returns a secret; undefined when its key is gone. */
  function tryOpen(sealed: Sealed, userId: string): string | undefined {
    try {
      return box.open(sealed, ownerOf(userId))
    } catch {
      return undefined
    }
  }

  /** Returns a secret sealed with the first key; undefined when it is, there is none, or its key is gone. */
  function sealedAgain(sealed: Sealed | undefined, userId: string): Sealed | undefined {
    const text = sealed && box.isStale(sealed) ? tryOpen(sealed, userId) : undefined
    return text === undefined ? undefined : box.seal(text, ownerOf(userId))
  }

  return {
    async list(userId: string): Promise<Webhook[]> {
      return (await webhooks.find({ userId }).sort({ createdAt: 1 }).toArray()).map(toWebhook)
    },

    /** Throws VALIDATION (an address that is not public), CONFLICT (too many). */
    async create(userId: string, { url, events }: WebhookDraft): Promise<WebhookWithSecret> {
      assertAllowed(url)
      if ((await webhooks.countDocuments({ userId })) >= maxPerPerson) throw tooMany()
      const now = new Date(nowMs())
      const { secret, text } = newSecret(box, userId)
      const webhook: WebhookDocument = {
        _id: opaqueId(),
        ...{ userId, url, events, secret, isEnabled: true, disabledReason: null, failures: 0 },
        enabledAt: now,
        createdAt: now
      }
      await webhooks.insertOne(webhook)
      // Requests at the same time see each other here. Each of a surplus goes.
      if ((await webhooks.countDocuments({ userId })) > maxPerPerson) {
        await webhooks.deleteOne({ _id: webhook._id, userId })
        throw tooMany()
      }
      return { ...toWebhook(webhook), secret: text }
    },

    /** Throws VALIDATION (an address that is not public), NOT_FOUND. */
    async patch(userId: string, webhookId: string, { url, events, isEnabled }: WebhookPatch): Promise<Webhook> {
      assertAllowed(url)
      const before = await get(userId, webhookId)
      const isBack = isEnabled === true && !before.isEnabled
      const changes = {
        ...(url !== undefined && { url }),
        ...(events && { events }),
        ...(isEnabled !== undefined && { isEnabled, disabledReason: null, failures: 0 }),
        ...(isBack && { enabledAt: new Date(nowMs()) })
      }
      if (Object.keys(changes).length === 0) return toWebhook(before)
      const after = await webhooks.findOneAndUpdate(
        { _id: webhookId, userId },
        { $set: changes },
        { returnDocument: 'after' }
      )
      if (!after) throw notFound()
      return toWebhook(after)
    },

    /** Removes a webhook with its messages. Safe to repeat. */
    async remove(userId: string, webhookId: string): Promise<void> {
      const { deletedCount } = await webhooks.deleteOne({ _id: webhookId, userId })
      if (deletedCount > 0) await deleteInSlices(deliveries, { webhookId })
    },

    /** Makes a new secret. The one before signs too for a day. Throws NOT_FOUND. */
    async rotate(userId: string, webhookId: string): Promise<WebhookWithSecret> {
      const { secret: formerSecret } = await get(userId, webhookId)
      const { secret, text } = newSecret(box, userId)
      // A former secret without its key would keep all messages from being sent.
      const isFormerKept = tryOpen(formerSecret, userId) !== undefined
      const formerUntil = new Date(nowMs() + formerMs)
      const after = await webhooks.findOneAndUpdate(
        { _id: webhookId, userId },
        isFormerKept
          ? { $set: { secret, formerSecret, formerUntil } }
          : { $set: { secret }, $unset: { formerSecret: '' } },
        { returnDocument: 'after' }
      )
      if (!after) throw notFound()
      return { ...toWebhook(after), secret: text }
    },

    /** Sends a message that says nothing, once. Throws NOT_FOUND, CONFLICT (disabled), RATE_LIMITED (others wait). */
    async test(userId: string, webhookId: string): Promise<WebhookDelivery> {
      const { isEnabled } = await get(userId, webhookId)
      if (!isEnabled) throw new CodedError('CONFLICT', 'This webhook is disabled.')
      const waiting = await deliveries.countDocuments({ webhookId, event: 'webhook.test', status: 'waiting' })
      if (waiting >= maxWaitingTests) throw new CodedError('RATE_LIMITED', 'Other tests of this webhook wait.')
      const now = new Date(nowMs())
      const delivery: WebhookDeliveryDocument = {
        _id: `msg_${opaqueId()}`,
        ...{ webhookId, userId, event: 'webhook.test', showId: null },
        body: JSON.stringify({ type: 'webhook.test', timestamp: now.toISOString(), data: {} }),
        ...{ attempts: 0, nextAt: now, status: 'waiting', answer: null, error: null, createdAt: now }
      }
      await deliveries.insertOne(delivery)
      return toDelivery(delivery)
    },

    /** Returns the last messages to a webhook, newest first. Throws NOT_FOUND. */
    async deliveries(userId: string, webhookId: string): Promise<WebhookDelivery[]> {
      await get(userId, webhookId)
      const found = await deliveries.find({ webhookId }).sort({ createdAt: -1 }).limit(maxShown).toArray()
      return found.map(toDelivery)
    },

    /**
     * Seals the secrets again that an older key than the first one sealed. Returns the number of webhooks changed.
     * Leaves those whose key is gone: their owner makes a new secret.
     */
    async reseal(): Promise<number> {
      let count = 0
      for await (const { _id, userId, secret, formerSecret } of webhooks.find({})) {
        const [again, formerAgain] = [secret, formerSecret].map(each => sealedAgain(each, userId))
        if (!again && !formerAgain) continue
        const changes = { ...(again && { secret: again }), ...(formerAgain && { formerSecret: formerAgain }) }
        const { modifiedCount } = await webhooks.updateOne({ _id, secret }, { $set: changes })
        count += modifiedCount
      }
      return count
    },

    personalData: {
      export: (userId: string): AsyncIterable<object> =>
        exportedRecords(webhooks, { userId }, ({ url, events, isEnabled, createdAt }) => ({
          ...{ url: new URL(url).href, events, isEnabled },
          createdAt: createdAt.toISOString()
        })),
      async erase(userId: string): Promise<void> {
        await webhooks.deleteMany({ userId })
        await deleteInSlices(deliveries, { userId })
      }
    }
  }
}

/** The owner for whom a secret is sealed. */
export function ownerOf(userId: string): string {
  return `webhook of ${userId}`
}

function newSecret(box: SealedBox, userId: string): { secret: Sealed; text: string } {
  const text = `whsec_${randomBytes(secretBytes).toString('base64')}`
  return { secret: box.seal(text, ownerOf(userId)), text }
}

function toWebhook({ _id, url, events, isEnabled, disabledReason, createdAt }: WebhookDocument): Webhook {
  return { id: _id, url, events, isEnabled, disabledReason, createdAt: createdAt.toISOString() }
}

function toDelivery(document: WebhookDeliveryDocument): WebhookDelivery {
  const { _id, event, showId, status, attempts, answer, error, nextAt, createdAt } = document
  return {
    ...{ id: _id, event, showId, status, attempts, answer, error },
    nextAt: nextAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString()
  }
}

function notFound(): CodedError {
  return new CodedError('NOT_FOUND', 'There is no such webhook.')
}

function tooMany(): CodedError {
  return new CodedError('CONFLICT', `You have ${maxPerPerson} webhooks already; remove one first.`)
}
