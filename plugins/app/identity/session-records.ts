import type { Collection } from 'mongodb'
import type { SignInSession } from '../../../contract/auth.ts'
import type { Page, PageQuery } from '../../../contract/paging.ts'
import { newestFirst, olderThan, pageOf } from '../documents/keyset.ts'
import { deleteInSlices } from '../documents/slices.ts'
import { exportedRecords } from '../privacy/exported-records.ts'

/** One sign-in: a family of refresh tokens of which only the newest is valid. Tokens are stored as hashes. */
export interface SessionDocument {
  _id: string
  /** Null once the person is erased. The document stays until the access tokens of the sign-in have expired. */
  userId: string | null
  /** User agent of the last request that used the sign-in. */
  device: string
  lastUsedAt: Date
  tokenHash: string
  /** Tokens that were replaced. When one of them is used again, it was stolen. */
  usedHashes: string[]
  revokedAt: Date | null
  expiresAt: Date
  createdAt: Date
}

/** A sign-in whose person is not erased. */
type OwnedSession = SessionDocument & { userId: string }

/**
 * Lists, exports and removes stored sign-ins.
 * @param outliveMs time after which no access token of an ended sign-in is valid any more
 */
export function createSessionRecords(sessions: Collection<SessionDocument>, outliveMs: number) {
  return {
    /** Returns the active sign-ins of a person, newest first. `currentId` is marked as the current one. */
    async list(userId: string, currentId: string, { limit, cursor }: PageQuery): Promise<Page<SignInSession>> {
      const found = await sessions
        .find({ userId, ...active(), ...olderThan(cursor) })
        .sort(newestFirst)
        .limit(limit + 1)
        .toArray()
      const { documents, nextCursor } = pageOf(found, limit)
      return { items: documents.map(document => toSession(document, currentId)), nextCursor }
    },

    /** Returns which of these people have an active sign-in. */
    async findSignedIn(userIds: readonly string[]): Promise<ReadonlySet<string | null>> {
      const signedIn = new Set<string | null>()
      const found = sessions.find({ userId: { $in: [...userIds] }, ...active() }, { projection: { _id: 0, userId: 1 } })
      for await (const { userId } of found) signedIn.add(userId)
      return signedIn
    },

    /** Removes the sign-ins that have ended. */
    async removeEnded(): Promise<void> {
      const past = { $lt: new Date(Date.now() - outliveMs) }
      await deleteInSlices(sessions, { expiresAt: past })
      await deleteInSlices(sessions, { revokedAt: past })
    },

    /** Yields the sign-ins of a person, without hashes. */
    export: (userId: string): AsyncIterable<object> =>
      exportedRecords(sessions, { userId }, ({ _id, device, createdAt, lastUsedAt, expiresAt, revokedAt }) => ({
        id: _id,
        device,
        createdAt,
        lastUsedAt,
        expiresAt,
        revokedAt
      }))
  }
}

export function isOwned(session: SessionDocument): session is OwnedSession {
  return session.userId !== null
}

/** Returns a filter for sign-ins that are active now. */
export function active(): { revokedAt: null; expiresAt: { $gt: Date } } {
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
