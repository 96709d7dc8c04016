import type { RecordKind, RecordStore, RecordTable } from '../../external/records/record-store.ts'
import { exportedFrom } from '../privacy/exported-records.ts'
import type { ShowSummary } from './summary.ts'

/** The analytics of ended shows. */
export const showAnalyticsKind = {
  name: 'showAnalytics',
  place: { partition: '_id', order: [] },
  indexes: {
    byCreator: { partition: 'creatorId', order: [] },
    bySpeaker: { partition: 'summary.speakers.userId', order: [] }
  }
} as const satisfies RecordKind

type AnalyticsTable = RecordTable<ShowAnalyticsDocument, keyof (typeof showAnalyticsKind)['indexes']>

/** The analytics of an ended show. */
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

const lists = ['summary.minutes', 'summary.played', 'summary.speakers']

export type StoredAnalytics = Awaited<ReturnType<typeof createStoredAnalytics>>

/** The analytics of ended shows. They can be computed again from the log. */
export async function createStoredAnalytics(records: RecordStore) {
  const stored: AnalyticsTable = await records.open(showAnalyticsKind)

  return {
    find: async (showId: string): Promise<ShowAnalyticsDocument | null> => await stored.find('place', [showId]),

    /** Stores the result of a show, in place of an earlier one. */
    put: async (document: ShowAnalyticsDocument): Promise<void> => await stored.put(document),

    /** Returns which of these shows have a result. */
    async withResult(showIds: readonly string[]): Promise<Set<string>> {
      const places = showIds.map(showId => [showId] as const)
      const found = await stored.findMany(places, { without: ['summary'] })
      return new Set(found.map(({ _id }) => _id))
    },

    /** Yields the numbers of all stored shows of a creator, in no order. */
    async *numbersOf(creatorId: string): AsyncGenerator<SummaryNumbers> {
      for await (const { summary } of stored.list('byCreator', [creatorId], { without: lists })) yield summary
    },

    removeOfShow: async (showId: string): Promise<void> => {
      await stored.remove('place', [showId])
    },

    /** The talk of a person. After an erasure it still counts, as that of somebody. */
    personalData: {
      export: (userId: string): AsyncIterable<object> =>
        exportedFrom(stored.listDecoded('bySpeaker', [userId]), ({ _id, summary }) => ({
          showId: _id,
          talkMs: summary.speakers.find(speaker => speaker.userId === userId)?.talkMs
        })),
      async erase(userId: string): Promise<void> {
        await stored.remove('byCreator', [userId])
        await stored.changeEach('bySpeaker', [userId], ({ summary, ...document }) => {
          const speakers = summary.speakers.map(speaker =>
            speaker.userId === userId ? { ...speaker, userId: null } : speaker
          )
          return { ...document, summary: { ...summary, speakers } }
        })
      }
    }
  }
}
