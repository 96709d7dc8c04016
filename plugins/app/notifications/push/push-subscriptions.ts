import { createECDH, createHash } from 'node:crypto'
import type { Collection } from 'mongodb'
import { CodedError, invalidRequest } from '../../../../contract/errors.ts'
import type { PushSubscription, PushSubscriptionDraft } from '../../../../contract/notifications.ts'
import { isDuplicateKey } from '../../documents/is-duplicate-key.ts'
import { defaultSliceSize, deleteInSlices } from '../../documents/slices.ts'
import { exportedRecords } from '../../privacy/exported-records.ts'
import type { Sessions } from '../../identity/sessions.ts'
import type { Outbound } from '../outbound/post.ts'

/** A browser of a person. The id is the hash of its address at the push service. */
export interface PushSubscriptionDocument {
  _id: string
  userId: string
  /** The sign-in in that browser. The subscription ends with it. */
  signInId: string
  device: string
  endpoint: string
  p256dh: string
  auth: string
  /** Attempts in a row that the push service did not accept. */
  failures: number
  createdAt: Date
}

/** The person, the sign-in and the device that a subscription is for. */
export interface Subscriber {
  userId: string
  signInId: string
  device: string
}

export interface PushSubscriptionsParts {
  subscriptions: Collection<PushSubscriptionDocument>
  outbound: Pick<Outbound, 'isAllowed'>
  sessions: Pick<Sessions, 'findActive'>
}

/** Maximum number of browsers of one person. A further one replaces the oldest. */
const maxPerPerson = 10
/** A subscription that its push service refused this many times in a row is removed. */
const maxFailures = 10

export type PushSubscriptions = Awaited<ReturnType<typeof createPushSubscriptions>>

/** Browsers that get push messages. */
export async function createPushSubscriptions({ subscriptions, outbound, sessions }: PushSubscriptionsParts) {
  await subscriptions.createIndex({ userId: 1, createdAt: 1 })
  await subscriptions.createIndex({ signInId: 1 })

  async function removeOldest(userId: string): Promise<void> {
    const surplus = await subscriptions
      .find({ userId }, { projection: { _id: 1 } })
      .sort({ createdAt: -1, _id: 1 })
      .skip(maxPerPerson)
      .toArray()
    if (surplus.length > 0) await subscriptions.deleteMany({ userId, _id: { $in: surplus.map(({ _id }) => _id) } })
  }

  async function removeOfSignIns(signInIds: readonly string[]): Promise<void> {
    await subscriptions.deleteMany({ signInId: { $in: [...signInIds] } })
  }

  /** Returns those of these subscriptions whose sign-ins are active, and removes the others. */
  async function keepActive<Signed extends Pick<PushSubscriptionDocument, 'signInId'>>(
    found: readonly Signed[]
  ): Promise<Signed[]> {
    const signInIds = [...new Set(found.map(({ signInId }) => signInId))]
    if (signInIds.length === 0) return []
    const active = await sessions.findActive(signInIds)
    const ended = signInIds.filter(id => !active.has(id))
    if (ended.length > 0) await removeOfSignIns(ended)
    return found.filter(({ signInId }) => active.has(signInId))
  }

  return {
    /**
     * Subscribes a browser. Safe to repeat. A browser in which another person signs in is theirs from then on. Throws
     * VALIDATION (an address that is not public, a key that is none), CONFLICT (an address of another browser).
     */
    async add({ userId, signInId, device }: Subscriber, draft: PushSubscriptionDraft): Promise<PushSubscription> {
      const { endpoint } = draft
      const [p256dh, auth] = [draft.keys.p256dh, draft.keys.auth].map(text => text.replace(/=+$/, '')) as [
        string,
        string
      ]
      if (!outbound.isAllowed(endpoint)) throw invalid('/endpoint', 'must be the https address of a push service')
      if (!isPublicKey(p256dh)) throw invalid('/keys/p256dh', 'must be a public key of the curve P-256')
      const now = new Date()
      const _id = createHash('sha256').update(endpoint).digest('base64url')
      try {
        const own = await subscriptions.findOneAndUpdate(
          { _id, auth, userId },
          { $set: { signInId, device, p256dh } },
          { returnDocument: 'after' }
        )
        if (own) return toSubscription(own)
        // Only that browser knows its secret. Its failures stay, whoever subscribes it.
        await subscriptions.updateOne(
          { _id, auth },
          { $set: { userId, signInId, device, endpoint, p256dh, createdAt: now }, $setOnInsert: { failures: 0 } },
          { upsert: true }
        )
      } catch (error) {
        if (!isDuplicateKey(error)) throw error
        throw new CodedError('CONFLICT', 'Another browser has this address.')
      }
      await removeOldest(userId)
      return toSubscription({ _id, device, createdAt: now })
    },

    /** Returns the browsers of a person, newest first. */
    async list(userId: string): Promise<PushSubscription[]> {
      const found = await subscriptions.find({ userId }).sort({ createdAt: -1, _id: 1 }).toArray()
      return found.map(toSubscription)
    },

    /** Removes a browser of a person. Safe to repeat. */
    async remove(userId: string, subscriptionId: string): Promise<void> {
      await subscriptions.deleteOne({ _id: subscriptionId, userId })
    },

    /** Removes the browsers of ended sign-ins. */
    removeOfSignIns,

    /** Removes the browsers whose sign-ins have ended unnoticed: those that expired, and those of failed removals. */
    async removeEnded(): Promise<void> {
      const found = subscriptions.find({}, { projection: { _id: 0, signInId: 1 } }).batchSize(defaultSliceSize)
      let slice: Pick<PushSubscriptionDocument, 'signInId'>[] = []
      for await (const subscription of found) {
        if (slice.push(subscription) < defaultSliceSize) continue
        await keepActive(slice)
        slice = []
      }
      await keepActive(slice)
    },

    /** Returns those of these people who have a browser. */
    async findSubscribed(userIds: readonly string[]): Promise<Set<string>> {
      const found = await subscriptions
        .find({ userId: { $in: [...userIds] } }, { projection: { _id: 0, userId: 1 } })
        .toArray()
      return new Set(found.map(({ userId }) => userId))
    },

    /** Returns the browsers in which a person is signed in, with their keys. Removes the others. */
    ofPerson: async (userId: string): Promise<PushSubscriptionDocument[]> =>
      await keepActive(await subscriptions.find({ userId }).limit(maxPerPerson).toArray()),

    /** Keeps that a message was accepted. */
    async noteAccepted({ _id, userId }: PushSubscriptionDocument): Promise<void> {
      await subscriptions.updateOne({ _id, userId, failures: { $gt: 0 } }, { $set: { failures: 0 } })
    },

    /** Counts a refused message. Removes the subscription after many in a row. */
    async noteRefused({ _id, userId }: PushSubscriptionDocument): Promise<void> {
      await subscriptions.updateOne({ _id, userId }, { $inc: { failures: 1 } })
      await subscriptions.deleteOne({ _id, userId, failures: { $gte: maxFailures } })
    },

    personalData: {
      export: (userId: string): AsyncIterable<object> =>
        exportedRecords(subscriptions, { userId }, ({ device, endpoint, createdAt }) => ({
          ...{ device, pushService: new URL(endpoint).origin },
          createdAt: createdAt.toISOString()
        })),
      erase: async (userId: string): Promise<void> => await deleteInSlices(subscriptions, { userId })
    }
  }
}

function toSubscription({
  _id,
  device,
  createdAt
}: Pick<PushSubscriptionDocument, '_id' | 'device' | 'createdAt'>): PushSubscription {
  return { id: _id, device, createdAt: createdAt.toISOString() }
}

function invalid(path: string, message: string): CodedError {
  return invalidRequest([{ path, message }])
}

/** A point that is not on the curve would fail at each message. */
function isPublicKey(key: string): boolean {
  try {
    const pair = createECDH('prime256v1')
    pair.generateKeys()
    pair.computeSecret(Buffer.from(key, 'base64url'))
    return true
  } catch {
    return false
  }
}
