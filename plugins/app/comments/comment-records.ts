import type { Db } from 'mongodb'
import { findRepeats } from '../documents/only-repeats.ts'
import type { CommentDocument, CommentKey } from './document.ts'

/** The store as the comment writer uses it. */
export interface CommentTable {
  /**
   * Stores comments in their order. Returns the comments that were stored earlier under the same key, by the id of the
   * new one. Safe to repeat.
   */
  insert(documents: readonly CommentDocument[]): Promise<Map<string, CommentDocument>>
  /** Returns the time of a show's newest comment, ms since the epoch; 0 when there is none. */
  newestMs(showId: string): Promise<number>
}

/** Opens the collection `comments` and creates its indexes. */
export async function openComments(db: Db) {
  const comments = db.collection<CommentDocument>('comments')
  await comments.createIndex({ showId: 1, authorId: 1, clientId: 1 }, { unique: true })
  await comments.createIndex({ showId: 1, createdAt: -1, _id: -1 })
  await comments.createIndex({ authorId: 1, createdAt: -1, _id: -1 })

  const find = async ({ showId, authorId, clientId }: CommentKey) =>
    await comments.findOne({ showId, authorId, clientId })

  /** Inserts comments. Returns the positions of those that were stored already. */
  async function insertAll(documents: readonly CommentDocument[]): Promise<number[]> {
    try {
      await comments.insertMany([...documents], { ordered: false })
      return []
    } catch (error) {
      const repeats = findRepeats(error)
      if (!repeats) throw error
      return repeats
    }
  }

  const table: CommentTable = {
    async insert(documents) {
      const earlier = new Map<string, CommentDocument>()
      for (const index of await insertAll(documents)) {
        const document = documents[index]
        const stored = document && (await find(document))
        // The same id means that an earlier attempt stored it, and only its answer was lost.
        if (document && stored && stored._id !== document._id) earlier.set(document._id, stored)
      }
      return earlier
    },
    async newestMs(showId) {
      const [newest] = await comments
        .find({ showId }, { projection: { createdAt: 1 } })
        .sort({ createdAt: -1, _id: -1 })
        .limit(1)
        .toArray()
      return newest?.createdAt.getTime() ?? 0
    }
  }

  return { comments, find, table }
}
