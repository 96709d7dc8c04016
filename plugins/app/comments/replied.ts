import type { RepliedComment } from '../../../contract/comments.ts'
import { CodedError } from '../../../contract/errors.ts'
import type { Users } from '../people/users.ts'
import type { CommentRecords } from './comment-records.ts'
import { toRepliedComment, type CommentDocument } from './document.ts'

export interface RepliedParts {
  comments: Pick<CommentRecords, 'find'>
  users: Pick<Users, 'people'>
}

export type Replied = ReturnType<typeof createReplied>

/** Finds what replies show of the comments before them. It is read anew each time, so that deleted text is gone. */
export function createReplied({ comments, users }: RepliedParts) {
  async function toReplied(
    ids: readonly string[],
    originals: ReadonlyMap<string, CommentDocument>
  ): Promise<Map<string, RepliedComment>> {
    const people = await users.people([...originals.values()].map(({ authorId }) => authorId))
    return new Map(
      ids.map(id => {
        const original = originals.get(id)
        return [id, toRepliedComment(id, original, people.get(original?.authorId ?? '') ?? null)]
      })
    )
  }

  return {
    /** Returns the comment that somebody wants to reply to. Throws NOT_FOUND when the show never had it. */
    async quote(showId: string, commentId: string): Promise<RepliedComment> {
      const original = await comments.find('byId', [commentId])
      if (original?.showId !== showId) throw new CodedError('NOT_FOUND', 'There is no such comment to reply to.')
      const people = await users.people([original.authorId])
      return toRepliedComment(commentId, original, people.get(original.authorId) ?? null)
    },

    /** Returns the comments that those of a page reply to, by id. Most of them are in the page itself. */
    async of(page: readonly CommentDocument[]): Promise<Map<string, RepliedComment>> {
      const ids = [...new Set(page.flatMap(({ replyTo }) => replyTo ?? []))]
      if (ids.length === 0) return new Map()
      const known = new Map(page.map(comment => [comment._id, comment]))
      const found = await Promise.all(ids.map(async id => known.get(id) ?? (await comments.find('byId', [id]))))
      return await toReplied(ids, new Map(found.flatMap(comment => (comment ? [[comment._id, comment]] : []))))
    }
  }
}
