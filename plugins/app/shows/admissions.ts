import type { Db } from 'mongodb'

/** Somebody who may see a private show, since they accepted an invitation. */
interface AdmissionDocument {
  /** `showId:userId`. */
  _id: string
  showId: string
  userId: string
  invitationId: string
  createdAt: Date
}

export type Admissions = Awaited<ReturnType<typeof createAdmissions>>

/** Who was let into which private show. */
export async function createAdmissions(db: Db) {
  const admissions = db.collection<AdmissionDocument>('showAdmissions')
  await admissions.createIndex({ showId: 1 })
  await admissions.createIndex({ userId: 1, createdAt: 1 })

  return {
    async has(showId: string, userId: string): Promise<boolean> {
      return (await admissions.findOne({ _id: idOf(showId, userId) }, { projection: { _id: 1 } })) !== null
    },

    /** Safe to repeat; the first one stays. */
    async add(showId: string, userId: string, invitationId: string): Promise<void> {
      await admissions.updateOne(
        { _id: idOf(showId, userId) },
        { $setOnInsert: { showId, userId, invitationId, createdAt: new Date() } },
        { upsert: true }
      )
    },

    /** Shows a person was let into, oldest first. */
    async *ofPerson(userId: string): AsyncGenerator<{ showId: string; invitationId: string; createdAt: Date }> {
      for await (const { showId, invitationId, createdAt } of admissions.find({ userId }).sort({ createdAt: 1 })) {
        yield { showId, invitationId, createdAt }
      }
    },

    async remove(showIds: readonly string[], userId: string): Promise<void> {
      await admissions.deleteMany({ _id: { $in: showIds.map(showId => idOf(showId, userId)) } })
    },

    async removeOfShow(showId: string): Promise<void> {
      await admissions.deleteMany({ showId })
    },

    async removePerson(userId: string): Promise<void> {
      await admissions.deleteMany({ userId })
    }
  }
}

function idOf(showId: string, userId: string): string {
  return `${showId}:${userId}`
}
