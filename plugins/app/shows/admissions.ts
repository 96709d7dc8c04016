import type { Db } from 'mongodb'
import { deleteInSlices, slicesOf } from '../documents/slices.ts'
import { exportedRecords } from '../privacy/exported-records.ts'

/** A person who may see a private show because they accepted an invitation. In the collection `showAdmissions`. */
interface AdmissionDocument {
  /** `showId:userId`. */
  _id: string
  showId: string
  userId: string
  invitationId: string
  createdAt: Date
}

export type Admissions = Awaited<ReturnType<typeof createAdmissions>>

/** Records the people who were admitted to private shows. */
export async function createAdmissions(db: Db) {
  const admissions = db.collection<AdmissionDocument>('showAdmissions')
  await admissions.createIndex({ showId: 1 })
  await admissions.createIndex({ userId: 1, createdAt: 1 })

  return {
    async has(showId: string, userId: string): Promise<boolean> {
      return (await admissions.findOne({ _id: idOf(showId, userId) }, { projection: { _id: 1 } })) !== null
    },

    /** Admits a person. Safe to repeat; the first admission stays. */
    async add(showId: string, userId: string, invitationId: string): Promise<void> {
      await admissions.updateOne(
        { _id: idOf(showId, userId) },
        { $setOnInsert: { showId, userId, invitationId, createdAt: new Date() } },
        { upsert: true }
      )
    },

    /** Yields the shows that a person was admitted to, oldest admission first. */
    async *ofPerson(userId: string): AsyncGenerator<{ showId: string; invitationId: string; createdAt: Date }> {
      for await (const { showId, invitationId, createdAt } of admissions.find({ userId }).sort({ createdAt: 1 })) {
        yield { showId, invitationId, createdAt }
      }
    },

    export: (userId: string): AsyncIterable<object> =>
      exportedRecords(
        admissions,
        { userId },
        ({ showId, invitationId, createdAt }) => ({ showId, invitationId, createdAt }),
        { sort: { createdAt: 1 } }
      ),

    async remove(showIds: readonly string[], userId: string): Promise<void> {
      for (const slice of slicesOf(showIds)) {
        await admissions.deleteMany({ _id: { $in: slice.map(showId => idOf(showId, userId)) } })
      }
    },

    async removeOfShow(showId: string): Promise<void> {
      await deleteInSlices(admissions, { showId })
    },

    async removeOfPerson(userId: string): Promise<void> {
      await deleteInSlices(admissions, { userId })
    }
  }
}

function idOf(showId: string, userId: string): string {
  return `${showId}:${userId}`
}
