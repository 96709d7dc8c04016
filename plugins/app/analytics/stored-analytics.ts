import type { Collection, Db } from 'mongodb'
import { deleteInSlices, slicesOf } from '../documents/slices.ts'
import { exportedRecords } from '../privacy/exported-records.ts'
import type { ShowSummary } from './summary.ts'

/** The analytics of an ended show, in the collection `showAnalytics`. */
export interface ShowAnalyticsDocument {
  /** The show's id. */
  _id: string
  creatorId: string
  storedAt: Date
  summary: ShowSummary
  /** Listeners who had been in an earlier show of the creator; null when nobody recorded the audience. */
  returning: number | null
}

/** The parts of a summary that have no list. */
export type SummaryNumbers = Omit<ShowSummary, 'minutes' | 'played' | 'speakers'>

const lists = { 'summary.minutes': 0, 'summary.played': 0, 'summary.speakers': 0 } as const

export type StoredAnalytics = Awaited<ReturnType<typeof createStoredAnalytics>>

/** The analytics of ended shows. They can be computed again from the log. */
export async function createStoredAnalytics(db: Db) {
  const stored: Collection<ShowAnalyticsDocument> = db.collection('showAnalytics')
  await stored.createIndex({ creatorId: 1 })
  await stored.createIndex({ 'summary.speakers.userId': 1 })

  return {
    find: async (showId: string): Promise<ShowAnalyticsDocument | null> => await stored.findOne({ _id: showId }),

    /** Stores the result of a show, in place of an earlier one. */
    async put(document: ShowAnalyticsDocument): Promise<void> {
      await stored.replaceOne({ _id: document._id }, document, { upsert: true })
    },

    /** Returns which of these shows have a result. */
    async withResult(showIds: readonly string[]): Promise<Set<string>> {
      const found = new Set<string>()
      for (const slice of slicesOf(showIds)) {
        const documents = await stored.find({ _id: { $in: slice } }, { projection: { _id: 1 } }).toArray()
        for (const { _id } of documents) found.add(_id)
      }
      return found
    },

    /** Yields the numbers of all stored shows of a creator, in no order. */
    async *numbersOf(creatorId: string): AsyncGenerator<SummaryNumbers> {
      const found = stored.find<{ summary: SummaryNumbers }>({ creatorId }, { projection: lists })
      for await (const { summary } of found) yield summary
    },

    removeOfShow: async (showId: string): Promise<void> => {
      await stored.deleteOne({ _id: showId })
    },

    /** The talk of a person. After an erasure it still counts, as that of somebody. */
    personalData: {
      export: (userId: string): AsyncIterable<object> =>
        exportedRecords(stored, { 'summary.speakers.userId': userId }, ({ _id, summary }) => ({
          showId: _id,
          talkMs: summary.speakers.find(speaker => speaker.userId === userId)?.talkMs
        })),
      async erase(userId: string): Promise<void> {
        await deleteInSlices(stored, { creatorId: userId })
        const filter = { 'summary.speakers.userId': userId }
        for (;;) {
          const { matchedCount } = await stored.updateOne(
            filter,
            { $set: { 'summary.speakers.$[speaker].userId': null } },
            { arrayFilters: [{ 'speaker.userId': userId }] }
          )
          if (matchedCount === 0) return
        }
      }
    }
  }
}
