import type { Db } from 'mongodb'
import { onlyRepeats } from '../documents/only-repeats.ts'

/** Somebody who listened to a show, once however often they came. */
interface VisitorDocument {
  /** `showId:userId`. */
  _id: string
  showId: string
  userId: string
  createdAt: Date
}

export type Visitors = Awaited<ReturnType<typeof createVisitors>>

/** Who listened to which show: what makes the count of different people right over a restart. */
export async function createVisitors(db: Db) {
  const visitors = db.collection<VisitorDocument>('showVisitors')
  await visitors.createIndex({ showId: 1, userId: 1 }, { unique: true })
  await visitors.createIndex({ userId: 1, createdAt: 1 })

  return {
    /** Who is known already stays as they are, so this may be repeated. */
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

    /** Shows a person listened to, oldest first. */
    async *ofPerson(userId: string): AsyncGenerator<{ showId: string; firstHeardAt: Date }> {
      for await (const { showId, createdAt } of visitors.find({ userId }).sort({ createdAt: 1 })) {
        yield { showId, firstHeardAt: createdAt }
      }
    },

    async removeOfShow(showId: string): Promise<void> {
      await visitors.deleteMany({ showId })
    },

    async removePerson(userId: string): Promise<void> {
      await visitors.deleteMany({ userId })
    }
  }
}
