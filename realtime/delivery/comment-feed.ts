import type { LiveComment } from '../../contract/comments.ts'
import type { Delivery } from './delivery.ts'
import { createShowBatches } from './show-batches.ts'

/** Minimum time between two messages of a show. */
const intervalMs = 100

/** Broadcasts new and deleted comments to everybody in their show, in batches. */
export interface CommentFeed {
  /** Adds a stored comment. Called once for each comment, in the order of the store. */
  added(showId: string, comment: LiveComment): void
  deleted(showId: string, commentIds: readonly string[]): void
  flush(showId: string): void
  close(): void
}

export function createCommentFeed({ toShow }: Pick<Delivery, 'toShow'>): CommentFeed {
  const batches = createShowBatches(
    intervalMs,
    () => ({ comments: new Map<string, LiveComment>(), deletedIds: new Set<string>() }),
    (showId, { comments, deletedIds }) =>
      toShow(showId, 'comments', { comments: [...comments.values()], deletedIds: [...deletedIds] })
  )

  return {
    added(showId, comment) {
      batches.of(showId).comments.set(comment.id, comment)
    },
    deleted(showId, commentIds) {
      const { comments, deletedIds } = batches.of(showId)
      for (const commentId of commentIds) {
        // The author has the comment from the answer, so the deletion is sent even when the comment never was.
        comments.delete(commentId)
        deletedIds.add(commentId)
      }
    },
    flush: batches.flush,
    close: batches.close
  }
}
