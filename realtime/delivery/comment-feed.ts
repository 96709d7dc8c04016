import type { LiveComment } from '../../contract/comments.ts'
import { createDeletedOriginals } from './deleted-originals.ts'
import type { Delivery } from './delivery.ts'
import { createShowBatches } from './show-batches.ts'

/** Minimum time between two messages of a show. */
const intervalMs = 100

/** Broadcasts new and deleted comments to everybody in their show, in batches. */
export interface CommentFeed {
  /** Adds a stored comment. Called once for each comment, in the order of the store. */
  added(showId: string, comment: LiveComment): void
  deleted(showId: string, commentIds: readonly string[]): void
  /** Returns a comment without what it shows of one that was deleted while it was on its way. */
  withoutDeleted(comment: LiveComment): LiveComment
  flush(showId: string): void
  close(): void
}

export interface CommentFeedParts {
  delivery: Pick<Delivery, 'toShow'>
  monotonicMs: () => number
}

export function createCommentFeed({ delivery, monotonicMs }: CommentFeedParts): CommentFeed {
  const originals = createDeletedOriginals(monotonicMs)
  const batches = createShowBatches(
    intervalMs,
    () => ({ comments: new Map<string, LiveComment>(), deletedIds: new Set<string>() }),
    (showId, { comments, deletedIds }) =>
      delivery.toShow(showId, 'comments', {
        comments: [...comments.values()].map(originals.hideIn),
        deletedIds: [...deletedIds]
      })
  )

  return {
    added(showId, comment) {
      batches.of(showId).comments.set(comment.id, comment)
    },
    deleted(showId, commentIds) {
      const { comments, deletedIds } = batches.of(showId)
      originals.add(commentIds)
      for (const commentId of commentIds) {
        // The author has the comment from the answer, so the deletion is sent even when the comment never was.
        comments.delete(commentId)
        deletedIds.add(commentId)
      }
    },
    withoutDeleted: originals.hideIn,
    flush: batches.flush,
    close: batches.close
  }
}
