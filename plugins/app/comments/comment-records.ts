import type { RecordKind, RecordStore, RecordTable } from '../../external/records/record-store.ts'
import { collect } from '../documents/collect.ts'
import type { CommentDocument, CommentKey } from './document.ts'

/** The comments of shows, in the order of their times. */
export const commentsKind = {
  name: 'comments',
  place: { partition: 'showId', order: ['createdAt', '_id'] },
  indexes: {
    byId: { partition: '_id', order: [], unique: true },
    byKey: { partition: 'showId', order: ['authorId', 'clientId'], unique: true },
    byAuthor: { partition: 'authorId', order: ['createdAt', '_id'] }
  }
} as const satisfies RecordKind

export type CommentRecords = RecordTable<CommentDocument, keyof (typeof commentsKind)['indexes']>

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

/** Opens the comments. */
export async function openComments(records: RecordStore) {
  const comments: CommentRecords = await records.open(commentsKind)

  const find = async ({ showId, authorId, clientId }: CommentKey) =>
    await comments.find('byKey', [showId, authorId, clientId])

  const table: CommentTable = {
    async insert(documents) {
      const earlier = new Map<string, CommentDocument>()
      for (const index of await comments.insertEach(documents)) {
        const document = documents[index]
        const stored = document && (await find(document))
        // The same id means that an earlier attempt stored it, and only its answer was lost.
        if (document && stored && stored._id !== document._id) earlier.set(document._id, stored)
      }
      return earlier
    },
    async newestMs(showId) {
      const range = { reverse: true, limit: 1, without: ['text'] }
      const [newest] = await collect(comments.list('place', [showId], range))
      return newest?.createdAt.getTime() ?? 0
    }
  }

  return { comments, find, table }
}
