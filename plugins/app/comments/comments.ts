import type { FastifyBaseLogger } from 'fastify'
import type { Comment, LiveComment, RepliedComment } from '../../../contract/comments.ts'
import { CodedError } from '../../../contract/errors.ts'
import type { Page, PageQuery } from '../../../contract/paging.ts'
import type { RecordRange, RecordStore } from '../../external/records/record-store.ts'
import { collect } from '../documents/collect.ts'
import { toPage, type Edges } from '../documents/edges.ts'
import { beforeCursor, cursorOf, pageOf } from '../documents/keyset.ts'
import { opaqueId } from '../documents/opaque-id.ts'
import { defaultSliceSize } from '../documents/slices.ts'
import type { Users } from '../people/users.ts'
import { exportedFrom } from '../privacy/exported-records.ts'
import type { PersonalDataKeeper } from '../privacy/personal-data.ts'
import type { LiveShows } from '../shows/live-shows.ts'
import type { ShowEvents } from '../shows/show-events.ts'
import type { ShowGuard } from '../shows/show-guard.ts'
import { openComments } from './comment-records.ts'
import { commentsBetween, type CommentRange } from './comments-between.ts'
import { createCommentWriter, type CommentDraft } from './comment-writer.ts'
import { emptied, type CommentDocument, type CommentKey } from './document.ts'
import { createReplied } from './replied.ts'
import { createShownComments } from './shown-comments.ts'
import { withStoreTimeout } from './with-store-timeout.ts'

/** Maximum number of comments that are sent again when the home of a show moves. */
const maxRecent = 200

export type Comments = Awaited<ReturnType<typeof createComments>>

export interface CommentsParts {
  records: RecordStore
  users: Pick<Users, 'people'>
  liveShows: Pick<LiveShows, 'commentsDeleted'>
  showGuard: Pick<ShowGuard, 'authorize'>
  showEvents: Pick<ShowEvents, 'forgetComment'>
  logger: FastifyBaseLogger
}

/** Stored comments of shows. The room of a live show decides who may comment there. */
export async function createComments({ records, users, liveShows, showGuard, showEvents, logger }: CommentsParts) {
  const { comments, find, table } = await openComments(records)
  const replied = createReplied({ comments, users })
  const shown = createShownComments({ users, replied })
  const writer = createCommentWriter({ table, logger, nowMs: () => Date.now() })

  async function get(showId: string, commentId: string): Promise<CommentDocument> {
    const document = await comments.find('byId', [commentId])
    if (document?.showId !== showId) throw noSuchComment()
    return document
  }

  /** Returns the newest comments of a range that are not deleted: at most `count`, newest first. */
  async function findNewest(
    showId: string,
    count: number,
    { after, before }: Pick<RecordRange, 'after' | 'before'>
  ): Promise<CommentDocument[]> {
    const found: CommentDocument[] = []
    // Deleted comments are few: the first read nearly always finds enough.
    for (let limit = count, end = before; ; limit = defaultSliceSize) {
      const read = await collect(comments.list('place', [showId], { after, before: end, reverse: true, limit }))
      found.push(...read.filter(({ deletedAt }) => !deletedAt))
      const last = read.at(-1)
      if (!last || read.length < limit || found.length >= count) return found.slice(0, count)
      end = [last.createdAt, last._id]
    }
  }

  /** Deletes a comment, but keeps its key. Safe to repeat. */
  async function remove(showId: string, commentId: string): Promise<void> {
    const removed = await comments.changeEach('byId', [commentId], comment =>
      comment.showId === showId && !comment.deletedAt ? emptied(comment, new Date()) : null
    )
    if (removed > 0) liveShows.commentsDeleted(showId, [commentId])
    await showEvents.forgetComment(showId, commentId)
  }

  /** Removes text and author from a batch of a person's comments. Returns the number of comments. */
  async function eraseBatch(authorId: string, anonymousId: string): Promise<number> {
    const showIds = new Map<string, string>()
    const erasedAt = new Date()
    const erased = await comments.changeEach(
      'byAuthor',
      [authorId],
      comment => {
        showIds.set(comment._id, comment.showId)
        return { ...emptied(comment, erasedAt), authorId: anonymousId }
      },
      { limit: defaultSliceSize }
    )
    for (const [showId, ids] of Map.groupBy(showIds.keys(), id => showIds.get(id) ?? '')) {
      liveShows.commentsDeleted(showId, ids)
    }
    return erased
  }

  async function findEdges(
    showId: string,
    callerId: string | null,
    { limit, cursor }: PageQuery
  ): Promise<Edges<Comment>> {
    await showGuard.authorize('see', showId, callerId)
    const found = await findNewest(showId, limit + 1, { before: beforeCursor(cursor) })
    const { documents, nextCursor } = pageOf(found, limit)
    const nodes = await shown.comments(documents)
    const edges = documents.flatMap((document, n) => {
      const node = nodes[n]
      return node ? [{ node, cursor: cursorOf(document) }] : []
    })
    return { edges, nextCursor }
  }

  return {
    /** Stores a comment that its room has accepted. Throws UNAVAILABLE. An earlier comment may be deleted by now. */
    write: async (draft: CommentDraft): Promise<CommentDocument> => await writer.write(draft),

    /** Returns the pending result for a comment that is being stored; undefined when there is none. */
    findPending: (key: CommentKey): Promise<CommentDocument> | undefined => writer.findPending(key),

    /** Returns the stored comment with this key; null when there is none. Throws UNAVAILABLE. */
    find: async (key: CommentKey): Promise<CommentDocument | null> => await withStoreTimeout(find(key)),

    /** Returns the author of a comment of a show; null when there is no such comment. Throws UNAVAILABLE. */
    async findAuthorId(showId: string, commentId: string): Promise<string | null> {
      const document = await withStoreTimeout(comments.find('byId', [commentId]))
      return document?.showId === showId ? document.authorId : null
    },

    /** Returns a comment of a show that is not deleted, with its author; null for none. Throws UNAVAILABLE. */
    async findShown(showId: string, commentId: string): Promise<LiveComment | null> {
      const document = await withStoreTimeout(comments.find('byId', [commentId]))
      if (document?.showId !== showId || document.deletedAt) return null
      return (await shown.liveComments([document]))[0] ?? null
    },

    /** Returns how many comments a show got, deleted ones too. */
    countOfShow: async (showId: string): Promise<number> => await comments.count('place', [showId]),

    /** Returns a comment of any show that was not deleted. Throws NOT_FOUND. */
    async getById(commentId: string): Promise<Pick<CommentDocument, 'showId' | 'authorId' | 'text'>> {
      const document = await comments.find('byId', [commentId])
      if (!document || document.deletedAt) throw noSuchComment()
      return document
    },

    /**
     * Returns what a reply shows of a comment, also of a deleted one. Throws NOT_FOUND when the show never had it,
     * UNAVAILABLE.
     */
    quote: async (showId: string, commentId: string): Promise<RepliedComment> =>
      await withStoreTimeout(replied.quote(showId, commentId)),

    /** Deletes a comment without checking permissions, and tells the members of the show. Throws UNAVAILABLE. */
    remove: async (showId: string, commentId: string): Promise<void> =>
      await withStoreTimeout(remove(showId, commentId)),

    /** Deletes a comment for its author or a host of the show, live or ended. Throws NOT_FOUND, FORBIDDEN. */
    async removeAs(callerId: string, showId: string, commentId: string): Promise<void> {
      await showGuard.authorize('see', showId, callerId)
      const { authorId } = await get(showId, commentId)
      if (authorId !== callerId) await showGuard.authorize('moderate', showId, callerId)
      await remove(showId, commentId)
    },

    /** Lists the comments of a show that the caller may see, newest first. Throws NOT_FOUND. */
    list: async (...query: Parameters<typeof findEdges>): Promise<Page<Comment>> => toPage(await findEdges(...query)),

    /** Lists comments as `list` does, with their cursors. */
    listEdges: findEdges,

    /** Returns the newest comments since a time, ms since the epoch, oldest first: at most 200. */
    async recent(showId: string, sinceMs: number): Promise<LiveComment[]> {
      const documents = await findNewest(showId, maxRecent, { after: [new Date(sinceMs)] })
      return await shown.liveComments(documents.toReversed())
    },

    /**
     * Yields author and time of the comments since a time, deleted ones too, oldest first. Times are ms since the
     * epoch.
     */
    async *writtenSince(showId: string, sinceMs: number): AsyncGenerator<{ authorId: string; atMs: number }> {
      const range = { after: [new Date(sinceMs)] as const, without: ['text'] }
      for await (const { authorId, createdAt } of comments.list('place', [showId], range)) {
        yield { authorId, atMs: createdAt.getTime() }
      }
    },

    /** Returns these comments as clients get them, in the same order, without checking permissions. */
    toComments: shown.comments,

    /** Yields the comments of a time that are not deleted, oldest first, without checking permissions. */
    between: (showId: string, range: CommentRange): AsyncGenerator<CommentDocument> =>
      commentsBetween(comments, showId, range),

    personalData: {
      export: authorId =>
        exportedFrom(
          comments.listDecoded('byAuthor', [authorId], { reverse: true }),
          ({ _id, showId, clientId, text, replyTo, mentions, createdAt, deletedAt }) => ({
            id: _id,
            showId,
            clientId,
            text,
            ...(replyTo !== undefined && { replyTo }),
            // Only ids: names of others may be of erased accounts.
            ...(mentions && { mentions: mentions.map(({ userId }) => userId) }),
            createdAt,
            deletedAt
          })
        ),

      /** Keeps empty comments of an anonymous author. Safe to repeat. */
      async erase(authorId) {
        const anonymousId = opaqueId()
        while ((await eraseBatch(authorId, anonymousId)) > 0);
      }
    } satisfies PersonalDataKeeper,

    /** Removes all comments of a deleted show. */
    async removeOfShow(showId: string): Promise<void> {
      await comments.remove('place', [showId])
    },

    close: async (): Promise<void> => await writer.close()
  }
}

function noSuchComment(): CodedError {
  return new CodedError('NOT_FOUND', 'There is no such comment.')
}
