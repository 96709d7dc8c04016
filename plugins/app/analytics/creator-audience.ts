import type { Collection, Db } from 'mongodb'
import { onlyRepeats } from '../documents/only-repeats.ts'
import { deleteInSlices, slicesOf } from '../documents/slices.ts'
import { exportedRecords } from '../privacy/exported-records.ts'
import type { PseudonymOf } from '../privacy/pseudonyms.ts'

/** A listener of a creator's ended shows, in the collection `creatorAudience`. */
export interface CreatorAudienceDocument {
  /** `creatorId:person`. */
  _id: string
  creatorId: string
  /** A pseudonym. */
  person: string
  /** Start of the first show of the creator in which they were, ms since the epoch. */
  firstAt: number
}

export type CreatorAudience = Awaited<ReturnType<typeof createCreatorAudience>>

/** Remembers in which show of a creator each listener was first, so that a later show knows who came back. */
export async function createCreatorAudience(db: Db, pseudonymOf: PseudonymOf) {
  const audience: Collection<CreatorAudienceDocument> = db.collection('creatorAudience')
  await audience.createIndex({ creatorId: 1 })
  await audience.createIndex({ person: 1 })
  const idOf = (creatorId: string, person: string) => `${creatorId}:${person}`

  async function add(creatorId: string, people: readonly string[], startedAt: number): Promise<void> {
    for (const slice of slicesOf(people)) {
      const documents = slice.map(person => ({ _id: idOf(creatorId, person), creatorId, person, firstAt: startedAt }))
      try {
        await audience.insertMany(documents, { ordered: false })
      } catch (error) {
        if (!onlyRepeats(error)) throw error
      }
      const later = { _id: { $in: documents.map(({ _id }) => _id) }, firstAt: { $gt: startedAt } }
      await audience.updateMany(later, { $set: { firstAt: startedAt } })
    }
  }

  return {
    /** Adds the listeners of an ended show. Safe to repeat, and in any order of shows. */
    add,

    /** Returns those of these people who had been in a show of the creator that started earlier. */
    async returning(creatorId: string, people: readonly string[], startedAt: number): Promise<Set<string>> {
      const found = new Set<string>()
      for (const slice of slicesOf(people)) {
        const ids = slice.map(person => idOf(creatorId, person))
        const documents = audience.find(
          { _id: { $in: ids }, firstAt: { $lt: startedAt } },
          { projection: { _id: 0, person: 1 } }
        )
        for await (const { person } of documents) found.add(person)
      }
      return found
    },

    /** Returns how many different people were in the ended shows of a creator. */
    count: async (creatorId: string): Promise<number> => await audience.countDocuments({ creatorId }),

    /** Gives the entries of an erased person to the pseudonym that replaces theirs. Safe to repeat. */
    async unlink(person: string, replacement: string): Promise<void> {
      for await (const { _id, creatorId, firstAt } of audience.find({ person })) {
        await add(creatorId, [replacement], firstAt)
        await audience.deleteOne({ _id })
      }
    },

    personalData: {
      export: (userId: string): AsyncIterable<object> =>
        exportedRecords(audience, { person: pseudonymOf(userId) }, ({ creatorId, firstAt }) => ({
          listenedTo: creatorId,
          firstAt
        })),
      /** Entries of a listener were given to another pseudonym before, together with the audience events. */
      async erase(userId: string): Promise<void> {
        await deleteInSlices(audience, { creatorId: userId })
        await deleteInSlices(audience, { person: pseudonymOf(userId) })
      }
    }
  }
}
