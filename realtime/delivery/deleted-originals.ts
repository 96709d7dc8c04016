import type { LiveComment } from '../../contract/comments.ts'

/** Longer than a reply waits to be stored after its original was read. */
const keptMs = 60_000
/** An erasure may delete very many comments at once. */
const maxKept = 20_000

/** Comments that were deleted a moment ago. A reply that was on its way then still has the beginning of their text. */
export interface DeletedOriginals {
  add(commentIds: readonly string[]): void
  /** Returns a reply without what it shows of a deleted comment, and another comment as it is. */
  hideIn(comment: LiveComment): LiveComment
}

export function createDeletedOriginals(monotonicMs: () => number): DeletedOriginals {
  /** The time of each deletion, oldest first. */
  const deleted = new Map<string, number>()

  return {
    add(commentIds) {
      const now = monotonicMs()
      for (const id of commentIds) deleted.set(id, now)
      for (const [id, atMs] of deleted) {
        if (deleted.size <= maxKept && atMs > now - keptMs) break
        deleted.delete(id)
      }
    },
    hideIn(comment) {
      const { replyTo } = comment
      if (!replyTo || !deleted.has(replyTo.id)) return comment
      return { ...comment, replyTo: { id: replyTo.id, author: null, excerpt: '' } }
    }
  }
}
