import type { FastifyBaseLogger } from 'fastify'
import { CodedError } from '../../../contract/errors.ts'
import { createCommentWriter, type CommentDraft } from '../../../plugins/app/comments/comment-writer.ts'
import { toLiveComment, type CommentDocument, type CommentKey } from '../../../plugins/app/comments/document.ts'
import type { Delay } from './fake-mediasoup.ts'

/** The comments of a show: the real writer over a table in memory, whose answers wait for `delay`. */
export function createFakeComments(delay: Delay, logger: FastifyBaseLogger, nowMs: () => number) {
  const stored: CommentDocument[] = []
  const isSame = (a: CommentKey, b: CommentKey) =>
    a.showId === b.showId && a.authorId === b.authorId && a.clientId === b.clientId

  const writer = createCommentWriter({
    logger,
    nowMs,
    table: {
      async insert(documents) {
        await delay('store comments')
        const earlier = new Map<string, CommentDocument>()
        for (const document of documents) {
          const before = stored.find(other => isSame(other, document))
          if (before) earlier.set(document._id, before)
          else stored.push(document)
        }
        return earlier
      },
      newestMs: async () => 0
    }
  })

  return {
    /** The stored comments, in the order of the store. */
    stored,
    write: async (draft: CommentDraft) => await writer.write(draft),
    findPending: (key: CommentKey) => writer.findPending(key),
    async find(key: CommentKey) {
      await delay('find a comment')
      return stored.find(comment => isSame(comment, key)) ?? null
    },
    async quote(_showId: string, commentId: string) {
      await delay('find a comment')
      return { id: commentId, author: null, excerpt: '' }
    },
    async findAuthorId(_showId: string, commentId: string) {
      await delay('find the author of a comment')
      return stored.find(({ _id }) => _id === commentId)?.authorId ?? null
    },
    async findShown(_showId: string, commentId: string) {
      await delay('find a comment')
      const comment = stored.find(({ _id }) => _id === commentId)
      return comment ? toLiveComment(comment, { id: comment.authorId, displayName: '', avatarUrl: null }) : null
    },
    async remove(_showId: string, commentId: string) {
      await delay('delete a comment')
      if (!stored.some(({ _id }) => _id === commentId)) throw new CodedError('NOT_FOUND', 'There is no such comment.')
    },
    close: async () => await writer.close()
  }
}
