import type { LiveComment } from '../../contract/comments.ts'
import type { Delivery } from './delivery.ts'
import { createShowBatches } from './show-batches.ts'

/** At most one message per show in this time. */
const tickMs = 100

/** Tells everybody in a show what was written and what was taken back. */
export interface CommentFeed {
  /** To be called in the order of the store, once for each comment. */
  said(showId: string, comment: LiveComment): void
  deleted(showId: string, commentIds: readonly string[]): void
  flush(showId: string): void
  close(): void
}

export function createCommentFeed({ toCrowd }: Pick<Delivery, 'toCrowd'>): CommentFeed {
  const batches = createShowBatches(
    tickMs,
    () => ({ comments: new Map<string, LiveComment>(), deletedIds: new Set<string>() }),
    (showId, { comments, deletedIds }) =>
      toCrowd(showId, 'comments', { comments: [...comments.values()], deletedIds: [...deletedIds] })
  )

  return {
    said(showId, comment) {
      batches.of(showId).comments.set(comment.id, comment)
    },
    deleted(showId, commentIds) {
      const { comments, deletedIds } = batches.of(showId)
      for (const commentId of commentIds) {
        // Its author has it from the answer, so that also what nobody else was told of is taken back.
        comments.delete(commentId)
        deletedIds.add(commentId)
      }
    },
    flush: batches.flush,
    close: batches.close
  }
}
