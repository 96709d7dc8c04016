import { randomBytes } from 'node:crypto'
import type { Collection, Filter } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import { opaqueId } from '../documents/opaque-id.ts'
import { hashOf } from './one-time-codes.ts'
import { allDone } from '../operations/all-done.ts'
import { noFeed, type ClusterFeed } from '../operations/cluster-feed.ts'
import { createEndedSignIns } from './ended-sign-ins.ts'
import { active, createSessionRecords, isOwned, type SessionDocument } from './session-records.ts'
import { slicesOf, updateInSlices } from '../documents/slices.ts'

/** A sign-in and its newest refresh token. */
export interface SignIn {
  signInId: string
  userId: string
  refreshToken: string
}

/** Maximum number of replaced tokens stored for one sign-in. Reuse of an older one does not revoke the sign-in. */
const maxUsedHashes = 50
/** Access tokens expire at whole seconds, and clocks of servers differ. */
const clockToleranceMs = 60_000

export interface SessionsParts {
  sessions: Collection<SessionDocument>
  refreshTtlMs: number
  accessTtlMs: number
  /** Throws FORBIDDEN for a person who may not be signed in. */
  admit(userId: string): Promise<void>
  /** Tells the other nodes which sign-ins have ended. */
  feed?: ClusterFeed
}

export type Sessions = Awaited<ReturnType<typeof createSessions>>

/**
 * Sign-ins of people, called sessions in the API. A refresh token can be used once: using it again revokes the whole
 * sign-in, at once and without a grace period, because a fast thief can't be told from a client that asks twice
 * (https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2). Of clients that race, one gets the next token before all are
 * signed out. Clients therefore renew one at a time, across tabs too.
 */
export async function createSessions(parts: SessionsParts) {
  const { sessions, refreshTtlMs, accessTtlMs, admit, feed = noFeed } = parts
  await sessions.createIndex({ tokenHash: 1 }, { unique: true })
  await sessions.createIndex({ usedHashes: 1 })
  await sessions.createIndex({ userId: 1, createdAt: -1, _id: -1 })
  await sessions.createIndex({ expiresAt: 1 })
  await sessions.createIndex({ revokedAt: 1 })

  // An access token stays valid after its sign-in ends, for at most its own lifetime. Until then it is rejected by the
  // sign-in's id.
  const outliveMs = accessTtlMs + clockToleranceMs
  const ended = await createEndedSignIns({ sessions, outliveMs, feed })
  /** People whose sign-ins are being revoked, or could not be, and since when. */
  const unfinished = new Map<string, Date>()

  /** Revokes sign-ins. When the store fails, they have ended nevertheless, and this throws. */
  async function revoke(signInIds: readonly string[]): Promise<void> {
    const now = new Date()
    const stored = slicesOf(signInIds).map(async slice => {
      try {
        await sessions.updateMany({ _id: { $in: slice }, revokedAt: null }, { $set: { revokedAt: now } })
      } finally {
        await ended.end(slice)
      }
    })
    await allDone(stored)
  }

  async function revokeStored(filter: Filter<SessionDocument>): Promise<void> {
    const all = await sessions.find({ ...filter, revokedAt: null }, { projection: { _id: 1 } }).toArray()
    await revoke(all.map(({ _id }) => _id))
  }

  async function revokeAll(userId: string): Promise<void> {
    const now = new Date()
    unfinished.set(userId, now)
    // The sign-ins of connections are known without the store.
    await ended.endConnected(userId)
    await revokeStored({ userId })
    if (unfinished.get(userId) === now) unfinished.delete(userId)
  }

  /** Revokes the sign-in of a used token. */
  async function revokeReused(tokenHash: string): Promise<void> {
    const stolen = await sessions.findOne({ usedHashes: tokenHash, revokedAt: null })
    if (stolen) await revoke([stolen._id])
  }

  return {
    ...createSessionRecords(sessions, outliveMs),

    /** Calls the listener whenever sign-ins have ended. */
    onRevoked: ended.onRevoked,

    /** Binds what finds the sign-ins of a person's open connections. They end even while the store is unavailable. */
    bindConnections: ended.bindConnections,

    /** Ends the sign-ins that other servers have revoked since the last call. Called while this node may miss news. */
    pollRevoked: ended.poll,

    /** Revokes the sign-ins that `revokeAll` could not revoke, but none that began later. */
    async finishRevocations(): Promise<void> {
      for (const [userId, since] of unfinished) {
        await revokeStored({ userId, createdAt: { $lte: since } })
        if (unfinished.get(userId) === since) unfinished.delete(userId)
      }
    },

    /** Signs a person in. Throws FORBIDDEN. */
    async open(userId: string, device: string): Promise<SignIn> {
      const refreshToken = newToken()
      const now = new Date()
      const signInId = opaqueId()
      await sessions.insertOne({
        _id: signInId,
        userId,
        device,
        lastUsedAt: now,
        tokenHash: hashOf(refreshToken),
        usedHashes: [],
        revokedAt: null,
        expiresAt: new Date(now.getTime() + refreshTtlMs),
        createdAt: now
      })
      // Checked after the insert: a suspension that revokes all sign-ins meanwhile either finds this one, or is found
      // here.
      await admit(userId).catch(async (error: unknown) => {
        await sessions.deleteOne({ _id: signInId })
        throw error
      })
      return { signInId, userId, refreshToken }
    },

    /** Returns which of these sign-ins are active. */
    async findActive(signInIds: readonly string[]): Promise<Set<string>> {
      const found = sessions.find({ _id: { $in: [...signInIds] }, ...active() }, { projection: { _id: 1 } })
      const ids = (await found.toArray()).map(({ _id }) => _id)
      return new Set(ids.filter(id => !ended.isRevoked(id)))
    },

    /** Returns the id of the sign-in whose newest refresh token this is, or null. */
    async findId(refreshToken: string): Promise<string | null> {
      const tokenHash = hashOf(refreshToken)
      const found = await sessions.findOne({ tokenHash, revokedAt: null }, { projection: { _id: 1 } })
      return found?._id ?? null
    },

    /**
     * Exchanges a refresh token for the next one. Throws UNAUTHENTICATED, FORBIDDEN. A used token revokes its sign-in.
     */
    async rotate(refreshToken: string, device: string): Promise<SignIn> {
      const tokenHash = hashOf(refreshToken)
      const next = newToken()
      const now = Date.now()
      const session = await sessions.findOneAndUpdate(
        { tokenHash, revokedAt: null, expiresAt: { $gt: new Date(now) } },
        {
          $set: { tokenHash: hashOf(next), device, lastUsedAt: new Date(now), expiresAt: new Date(now + refreshTtlMs) },
          $push: { usedHashes: { $each: [tokenHash], $slice: -maxUsedHashes } }
        },
        { returnDocument: 'after' }
      )
      const owner = session ?? (await sessions.findOne({ tokenHash }))
      if (owner?.userId) await admit(owner.userId)
      // A sign-in that has ended here may not be stored as revoked yet; `revokeReused` finds it.
      if (session && isOwned(session) && !ended.isRevoked(session._id)) {
        return { signInId: session._id, userId: session.userId, refreshToken: next }
      }
      await revokeReused(tokenHash)
      throw new CodedError('UNAUTHENTICATED', 'Sign in again.')
    },

    /**
     * Ends the sign-in of this refresh token, or all sign-ins of its person. Throws UNAUTHENTICATED. A used token
     * revokes its sign-in here too: a person may sign out while their app renews.
     */
    async end(refreshToken: string, everywhere: boolean): Promise<void> {
      const tokenHash = hashOf(refreshToken)
      const session = await sessions.findOne({ tokenHash, revokedAt: null })
      if (!session || !isOwned(session)) {
        await revokeReused(tokenHash)
        throw new CodedError('UNAUTHENTICATED', 'This session has ended already.')
      }
      if (!everywhere) return await revoke([session._id])
      await revokeAll(session.userId)
    },

    /**
     * Ends all sign-ins of a person. When the store fails, their connections end nevertheless, this
     * throws, and `finishRevocations` revokes the sign-ins later.
     */
    revokeAll,

    isRevoked: ended.isRevoked,

    /** Ends one sign-in of a person. Throws NOT_FOUND, also for the sign-in of another person. */
    async endOne(userId: string, signInId: string): Promise<void> {
      const session = await sessions.findOne({ _id: signInId, userId, ...active() }, { projection: { _id: 1 } })
      if (!session) throw new CodedError('NOT_FOUND', 'You have no such session.')
      await revoke([signInId])
    },

    /** Ends the sign-ins of a person and removes the person from them. */
    async erase(userId: string): Promise<void> {
      await revokeAll(userId)
      await updateInSlices(sessions, { userId }, { $set: { userId: null, device: '', usedHashes: [] } })
    }
  }
}

/** A token is 256 random bits, so its plain hash keeps a stolen database useless. */
function newToken(): string {
  return randomBytes(32).toString('base64url')
}
