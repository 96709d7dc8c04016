import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { Comment } from '../../../contract/comments.ts'
import { CodedError } from '../../../contract/errors.ts'
import type { Page, PageQuery } from '../../../contract/paging.ts'
import type { Person } from '../../../contract/users.ts'
import { toComment, type CommentDocument, type CommentKey } from './document.ts'
import { inPatience } from './store-timeout.ts'
import { openComments } from './comment-records.ts'
import { createCommentWriter, type Draft } from './writer.ts'
import { newestFirst, olderThan, pageOf } from '../documents/keyset.ts'
import { opaqueId } from '../documents/opaque-id.ts'

declare module 'fastify' {
  interface FastifyInstance {
    comments: Comments
  }
}

const mostErasedAtOnce = 500

export type Comments = Awaited<ReturnType<typeof createComments>>

type Parts = Pick<FastifyInstance, 'db' | 'users' | 'liveShows' | 'showGuard'> & { logger: FastifyInstance['log'] }

/** What people write in shows, as it is stored. Who may comment in a live show is its room's business. */
export async function createComments({ db, users, liveShows, showGuard, logger }: Parts) {
  const { comments, find, table } = await openComments(db)
  const writer = createCommentWriter({ table, logger, nowMs: () => Date.now() })

  async function load(showId: string, commentId: string): Promise<CommentDocument> {
    const document = await comments.findOne({ _id: commentId, showId })
    if (!document) throw missing()
    return document
  }

  /** Leaves what is needed to know it again. Safe to repeat. */
  async function remove(showId: string, commentId: string): Promise<void> {
    const { modifiedCount } = await comments.updateOne(
      { _id: commentId, showId, deletedAt: null },
      { $set: { text: '', deletedAt: new Date() } }
    )
    if (modifiedCount > 0) liveShows.commentsDeleted(showId, [commentId])
  }

  /** Takes the text and the author out of some of somebody's comments; how many there were. */
  async function eraseSome(authorId: string, nobodyId: string): Promise<number> {
    const found = await comments
      .find({ authorId }, { projection: { showId: 1 } })
      .limit(mostErasedAtOnce)
      .toArray()
    if (found.length === 0) return 0
    const ids = found.map(({ _id }) => _id)
    await comments.updateMany({ _id: { $in: ids } }, { $set: { text: '', authorId: nobodyId, deletedAt: new Date() } })
    for (const [showId, documents] of Map.groupBy(found, ({ showId }) => showId)) {
      liveShows.commentsDeleted(
        showId,
        documents.map(({ _id }) => _id)
      )
    }
    return found.length
  }

  return {
    /** Stores a comment that its room has accepted. Throws UNAVAILABLE; what a repeat answers may have been deleted since. */
    write: async (draft: Draft): Promise<CommentDocument> => await writer.write(draft),

    /** The comment with this key that is on its way to the store now. */
    underWay: (key: CommentKey): Promise<CommentDocument> | undefined => writer.underWay(key),

    /** The stored comment with this key. Throws UNAVAILABLE. */
    find: async (key: CommentKey): Promise<CommentDocument | null> => await inPatience(find(key)),

    /** Whose comment this is; null when there is none in this show. Throws UNAVAILABLE. */
    async authorOf(showId: string, commentId: string): Promise<string | null> {
      const document = await inPatience(comments.findOne({ _id: commentId, showId }, { projection: { authorId: 1 } }))
      return document?.authorId ?? null
    },

    /** A comment that was not deleted, by its id alone: in which show, whose, and what it says. Throws NOT_FOUND. */
    async quote(commentId: string): Promise<Pick<CommentDocument, 'showId' | 'authorId' | 'text'>> {
      const document = await comments.findOne({ _id: commentId, deletedAt: null })
      if (!document) throw missing()
      return document
    },

    /** Deletes a comment, whoever asks, and tells those who are there. Throws UNAVAILABLE. */
    remove: async (showId: string, commentId: string): Promise<void> => await inPatience(remove(showId, commentId)),

    /** Deletes a comment for its author or who hosts the show, live or over. Throws NOT_FOUND, FORBIDDEN. */
    async removeAs(callerId: string, showId: string, commentId: string): Promise<void> {
      await showGuard.require('see', showId, callerId)
      const { authorId } = await load(showId, commentId)
      if (authorId !== callerId) await showGuard.require('moderate', showId, callerId)
      await remove(showId, commentId)
    },

    /** A show's comments, newest first, for who may see the show. Throws NOT_FOUND. */
    async list(showId: string, callerId: string | null, { limit, cursor }: PageQuery): Promise<Page<Comment>> {
      await showGuard.require('see', showId, callerId)
      const found = await comments
        .find({ showId, deletedAt: null, ...olderThan(cursor) })
        .sort(newestFirst)
        .limit(limit + 1)
        .toArray()
      const { documents, nextCursor } = pageOf(found, limit)
      const people = await users.people(documents.map(({ authorId }) => authorId))
      return {
        items: documents.map(document =>
          toComment(document, people.get(document.authorId) ?? somebody(document.authorId))
        ),
        nextCursor
      }
    },

    /** Who commented in a show since then and when, ms since the epoch, the oldest first; also what was deleted. */
    async *writtenSince(showId: string, sinceMs: number): AsyncGenerator<{ authorId: string; atMs: number }> {
      const recent = comments.find(
        { showId, createdAt: { $gt: new Date(sinceMs) } },
        { projection: { authorId: 1, createdAt: 1 } }
      )
      for await (const { authorId, createdAt } of recent.sort({ createdAt: 1, _id: 1 })) {
        yield { authorId, atMs: createdAt.getTime() }
      }
    },

    /** Everything somebody wrote. */
    async *export(authorId: string): AsyncGenerator<object> {
      for await (const { _id, showId, clientId, text, createdAt, deletedAt } of comments
        .find({ authorId })
        .sort(newestFirst)) {
        yield { id: _id, showId, clientId, text, createdAt, deletedAt }
      }
    },

    /** Of somebody's comments only the places are left, under the name of nobody. Safe to repeat. */
    async erase(authorId: string): Promise<void> {
      const nobodyId = opaqueId()
      while ((await eraseSome(authorId, nobodyId)) > 0);
    },

    /** All comments of a show that goes. */
    async removeOfShow(showId: string): Promise<void> {
      await comments.deleteMany({ showId })
    },

    close: async (): Promise<void> => await writer.close()
  }
}

function missing(): CodedError {
  return new CodedError('NOT_FOUND', 'There is no such comment.')
}

/** Who was there when they wrote, and is not any more. */
function somebody(id: string): Person {
  return { id, displayName: 'Somebody', avatarUrl: null }
}

export default fp(
  async app => {
    const { db, users, liveShows, showGuard } = app
    const comments = await createComments({
      db,
      users,
      liveShows,
      showGuard,
      logger: app.log.child({ part: 'comments' })
    })
    app.decorate('comments', comments)
    app.personalData.register('comments', comments)
    app.showData.register('comments', comments.removeOfShow)
    app.addHook('onClose', async () => await comments.close())
  },
  { name: 'comments', dependencies: ['mongodb', 'users', 'live-shows', 'show-guard', 'personal-data', 'show-data'] }
)
