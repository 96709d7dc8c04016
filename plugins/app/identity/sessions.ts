import { createHash, randomBytes } from 'node:crypto'
import fp from 'fastify-plugin'
import type { Db } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import { opaqueId } from '../documents/opaque-id.ts'
import { alive, createSessionRecords, isOwned, type SessionDocument } from './session-records.ts'

declare module 'fastify' {
  interface FastifyInstance {
    sessions: Sessions
  }
}

/** A sign-in and its newest refresh token. */
export interface SignIn {
  signInId: string
  userId: string
  refreshToken: string
}

/** So many used tokens are remembered; older ones are merely unknown. */
const rememberedTokens = 50
/** Access tokens end at whole seconds, and clocks differ. */
const slackMs = 60_000

export interface SessionsParts {
  db: Db
  refreshTtlMs: number
  accessTtlMs: number
  /** Throws FORBIDDEN for a person who may not be signed in. */
  admit(userId: string): Promise<void>
}

/** Told of sign-ins that have ended. A revocation waits for its listeners. */
export type RevocationListener = (signInIds: readonly string[]) => void | Promise<void>

export type Sessions = Awaited<ReturnType<typeof createSessions>>

/**
 * Where people are signed in. A refresh token is good once: whoever shows it again ends the whole session, at once and without
 * a time of grace, because a thief who is quick and a client that asks twice look the same from here
 * (https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2). Of those that race, one gets the next token before all are out:
 * so clients renew one at a time, across tabs too.
 */
export async function createSessions({ db, refreshTtlMs, accessTtlMs, admit }: SessionsParts) {
  const sessions = db.collection<SessionDocument>('sessions')
  await sessions.createIndex({ tokenHash: 1 }, { unique: true })
  await sessions.createIndex({ usedHashes: 1 })
  await sessions.createIndex({ userId: 1, createdAt: -1, _id: -1 })
  await sessions.createIndex({ expiresAt: 1 })
  await sessions.createIndex({ revokedAt: 1 })

  // Access tokens outlive their session by at most their own life; these are refused by name meanwhile.
  const outliveMs = accessTtlMs + slackMs
  const revoked = new Map<string, number>()
  const listeners: RevocationListener[] = []
  for await (const { _id, revokedAt } of sessions
    .find({ revokedAt: { $gt: new Date(Date.now() - outliveMs) } })
    .sort({ revokedAt: 1 })) {
    if (revokedAt) revoked.set(_id, revokedAt.getTime())
  }

  function remember(signInId: string, nowMs: number): void {
    for (const [id, atMs] of revoked) {
      if (atMs >= nowMs - outliveMs) break
      revoked.delete(id)
    }
    // Oldest first, also when it was there before.
    revoked.delete(signInId)
    revoked.set(signInId, nowMs)
  }

  async function revoke(signInIds: readonly string[]): Promise<void> {
    if (signInIds.length === 0) return
    const now = new Date()
    await sessions.updateMany({ _id: { $in: [...signInIds] }, revokedAt: null }, { $set: { revokedAt: now } })
    for (const signInId of signInIds) remember(signInId, now.getTime())
    for (const listener of listeners) await listener(signInIds)
  }

  async function revokeAll(userId: string): Promise<void> {
    const all = await sessions.find({ userId, revokedAt: null }, { projection: { _id: 1 } }).toArray()
    await revoke(all.map(({ _id }) => _id))
  }

  /** Whose used token this is; the whole family ends. */
  async function punishReuse(tokenHash: string): Promise<void> {
    const stolen = await sessions.findOne({ usedHashes: tokenHash, revokedAt: null })
    if (stolen) await revoke([stolen._id])
  }

  return {
    ...createSessionRecords(sessions, outliveMs),

    /** Calls the listener whenever sign-ins have ended. */
    onRevoked(listener: RevocationListener): void {
      listeners.push(listener)
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
        tokenHash: hash(refreshToken),
        usedHashes: [],
        revokedAt: null,
        expiresAt: new Date(now.getTime() + refreshTtlMs),
        createdAt: now
      })
      // Asked once the session stands: whoever ends all of the person's sessions meanwhile either finds it or is noticed here.
      await admit(userId).catch(async (error: unknown) => {
        await sessions.deleteOne({ _id: signInId })
        throw error
      })
      return { signInId, userId, refreshToken }
    },

    /** Exchanges a refresh token for the next one. Throws UNAUTHENTICATED, FORBIDDEN; a used token ends its whole family. */
    async rotate(refreshToken: string, device: string): Promise<SignIn> {
      const tokenHash = hash(refreshToken)
      const next = newToken()
      const now = Date.now()
      const session = await sessions.findOneAndUpdate(
        { tokenHash, revokedAt: null, expiresAt: { $gt: new Date(now) } },
        {
          $set: { tokenHash: hash(next), device, lastUsedAt: new Date(now), expiresAt: new Date(now + refreshTtlMs) },
          $push: { usedHashes: { $each: [tokenHash], $slice: -rememberedTokens } }
        },
        { returnDocument: 'after' }
      )
      const owner = session ?? (await sessions.findOne({ tokenHash }))
      if (owner?.userId) await admit(owner.userId)
      if (session && isOwned(session)) return { signInId: session._id, userId: session.userId, refreshToken: next }
      await punishReuse(tokenHash)
      throw new CodedError('UNAUTHENTICATED', 'Sign in again.')
    },

    /**
     * Ends the session of this refresh token, or all of its person's. Throws UNAUTHENTICATED; a used token ends its whole family here too:
     * somebody may sign out while their app renews.
     */
    async end(refreshToken: string, everywhere: boolean): Promise<void> {
      const tokenHash = hash(refreshToken)
      const session = await sessions.findOne({ tokenHash, revokedAt: null })
      if (!session || !isOwned(session)) {
        await punishReuse(tokenHash)
        throw new CodedError('UNAUTHENTICATED', 'This session is over already.')
      }
      if (!everywhere) return await revoke([session._id])
      await revokeAll(session.userId)
    },

    /** Ends all sessions of a person. */
    revokeAll,

    isRevoked: (signInId: string) => revoked.has(signInId),

    /** Ends one of a person's sessions. Throws NOT_FOUND, also for somebody else's. */
    async endOne(userId: string, signInId: string): Promise<void> {
      const session = await sessions.findOne({ _id: signInId, userId, ...alive() }, { projection: { _id: 1 } })
      if (!session) throw new CodedError('NOT_FOUND', 'You have no such session.')
      await revoke([signInId])
    },

    /** Takes the person out of their sessions, which end. */
    async erase(userId: string): Promise<void> {
      await revokeAll(userId)
      await sessions.updateMany({ userId }, { $set: { userId: null, device: '', usedHashes: [] } })
    }
  }
}

function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Tokens are 256 random bits, so a plain hash is enough to keep a stolen database useless. */
function hash(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

export default fp(
  async app => {
    const { REFRESH_TOKEN_TTL_MS, ACCESS_TOKEN_TTL_MS } = app.config
    const sessions = await createSessions({
      db: app.db,
      refreshTtlMs: REFRESH_TOKEN_TTL_MS,
      accessTtlMs: ACCESS_TOKEN_TTL_MS,
      admit: async userId => await app.suspensions.refuseSuspended(userId)
    })
    app.decorate('sessions', sessions)
    app.personalData.register('sessions', {
      export: userId => sessions.heldAbout(userId),
      erase: async userId => await sessions.erase(userId)
    })
  },
  { name: 'sessions', dependencies: ['mongodb', 'suspensions', 'personal-data'] }
)
