import type { Db } from 'mongodb'
import { onlyRepeats } from '../documents/only-repeats.ts'
import { deleteInSlices } from '../documents/slices.ts'
import { exportedRecords } from '../privacy/exported-records.ts'

/** A person who listened to a show, counted once even if they joined often. In the collection `showVisitors`. */
interface VisitorDocument {
  /** `showId:userId`. */
  _id: string
  showId: string
  userId: string
  createdAt: Date
}

export type Visitors = Awaited<ReturnType<typeof createVisitors>>

/** Records the listeners of shows, so that the number of different listeners stays right after a restart. */
export async function createVisitors(db: Db) {
  const visitors = db.collection<VisitorDocument>('showVisitors')
  await visitors.createIndex({ showId: 1, userId: 1 }, { unique: true })
  await visitors.createIndex({ userId: 1, createdAt: 1 })

  return {
    /** Adds visitors; known ones stay unchanged. Safe to repeat. */
    async add(showId: string, userIds: readonly string[]): Promise<void> {
      if (userIds.length === 0) return
      const createdAt = new Date()
      try {
        await visitors.insertMany(
          userIds.map(userId => ({ _id: `${showId}:${userId}`, showId, userId, createdAt })),
          { ordered: false }
        )
      } catch (error) {
        if (!onlyRepeats(error)) throw error
      }
    },

    async ids(showId: string): Promise<Set<string>> {
      const ids = new Set<string>()
      for await (const { userId } of visitors.find({ showId }, { projection: { _id: 0, userId: 1 } })) ids.add(userId)
      return ids
    },

    /** Yields the shows that a person listened to, oldest first. */
    export: (userId: string): AsyncIterable<object> =>
      exportedRecords(visitors, { userId }, ({ showId, createdAt }) => ({ showId, firstHeardAt: createdAt }), {
        sort: { createdAt: 1 }
      }),

    async removeOfShow(showId: string): Promise<void> {
      await deleteInSlices(visitors, { showId })
    },

    async removeOfPerson(userId: string): Promise<void> {
      await deleteInSlices(visitors, { userId })
    }
  }
}
