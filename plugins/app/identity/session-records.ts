import type { Collection } from 'mongodb'
import type { SignInSession } from '../../../contract/auth.ts'
import type { Page, PageQuery } from '../../../contract/paging.ts'
import { newestFirst, olderThan, pageOf } from '../documents/keyset.ts'

/** One sign-in: a family of refresh tokens of which only the newest is good. Tokens are stored hashed. */
export interface SessionDocument {
  _id: string
  /** Null when the person was erased: what is left keeps the session's access tokens refused until they are over. */
  userId: string | null
  /** What the app said it is, as it was last. */
  device: string
  lastUsedAt: Date
  tokenHash: string
  /** Tokens this one replaced: to see one of them again means that somebody stole one. */
  usedHashes: string[]
  revokedAt: Date | null
  expiresAt: Date
  createdAt: Date
}

/** A session somebody has. */
type OwnedSession = SessionDocument & { userId: string }

/** So many sessions that are over are removed in one go. */
const batchSize = 500

/** What can be told of sign-ins, and when they are forgotten: `outliveMs` after their end no access token of theirs is good any more. */
export function createSessionRecords(sessions: Collection<SessionDocument>, outliveMs: number) {
  return {
    /** Where a person is signed in, newest first. */
    async list(userId: string, currentId: string, { limit, cursor }: PageQuery): Promise<Page<SignInSession>> {
      const found = await sessions
        .find({ userId, ...alive(), ...olderThan(cursor) })
        .sort(newestFirst)
        .limit(limit + 1)
        .toArray()
      const { documents, nextCursor } = pageOf(found, limit)
      return { items: documents.map(document => toSession(document, currentId)), nextCursor }
    },

    /** Which of these people are signed in somewhere. */
    async signedIn(userIds: readonly string[]): Promise<ReadonlySet<string | null>> {
      return new Set(await sessions.distinct('userId', { userId: { $in: [...userIds] }, ...alive() }))
    },

    /** Removes the sessions that are over, a batch at a time. */
    async removeOver(): Promise<void> {
      const past = { $lt: new Date(Date.now() - outliveMs) }
      for (const over of [{ expiresAt: past }, { revokedAt: past }]) {
        let ids: string[]
        do {
          ids = (
            await sessions
              .find(over, { projection: { _id: 1 } })
              .limit(batchSize)
              .toArray()
          ).map(({ _id }) => _id)
          await sessions.deleteMany({ _id: { $in: ids }, ...over })
        } while (ids.length === batchSize)
      }
    },

    /** What is held about a person here; no hashes. */
    async *heldAbout(userId: string): AsyncGenerator<object> {
      for await (const { _id, device, createdAt, lastUsedAt, expiresAt, revokedAt } of sessions.find({ userId })) {
        yield { id: _id, device, createdAt, lastUsedAt, expiresAt, revokedAt }
      }
    }
  }
}

/** Whether it still belongs to somebody. */
export function isOwned(session: SessionDocument): session is OwnedSession {
  return session.userId !== null
}

/** A condition for sessions that are good now. */
export function alive(): { revokedAt: null; expiresAt: { $gt: Date } } {
  return { revokedAt: null, expiresAt: { $gt: new Date() } }
}

function toSession({ _id, device, createdAt, lastUsedAt }: SessionDocument, currentId: string): SignInSession {
  return {
    id: _id,
    device,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
    current: _id === currentId
  }
}
