import type { Collection } from 'mongodb'
import { liveStatuses, type ShowDocument } from './document.ts'

/** A planned show of which people may be reminded. */
export type ComingShow = Pick<ShowDocument, '_id' | 'creatorId'> & { startsAt: Date }

/** A show with the facts that messages to others tell. */
export type ChangedShow = Pick<
  ShowDocument,
  '_id' | 'creatorId' | 'title' | 'visibility' | 'status' | 'startsAt' | 'startedAt' | 'endedAt' | 'updatedAt'
>

const factsOfChange = {
  ...{ creatorId: 1, title: 1, visibility: 1, status: 1 },
  ...{ startsAt: 1, startedAt: 1, endedAt: 1, updatedAt: 1 }
}

/** Finds shows by their status and the time of their last change. */
export async function createChangedShows(shows: Collection<ShowDocument>) {
  await shows.createIndex({ updatedAt: 1 })

  return {
    /** Yields the shows that were planned, edited, started or ended then or later, in this order. */
    changedSince: (since: Date): AsyncIterable<ChangedShow> =>
      shows.find<ChangedShow>({ updatedAt: { $gte: since } }, { projection: factsOfChange }).sort({ updatedAt: 1 }),

    /** Returns what messages tell about a show now. */
    async findFacts(showId: string): Promise<ChangedShow | undefined> {
      return (await shows.findOne<ChangedShow>({ _id: showId }, { projection: factsOfChange })) ?? undefined
    },

    /** Returns those of these shows that have not ended. */
    async findUnfinished(showIds: readonly string[]): Promise<Set<string>> {
      const filter = { _id: { $in: [...showIds] }, status: { $in: ['scheduled' as const, ...liveStatuses] } }
      const found = await shows.find(filter, { projection: { _id: 1 } }).toArray()
      return new Set(found.map(({ _id }) => _id))
    },

    /** Returns the shows that have not started, and are planned for a time from this one to that one. */
    async findComing(from: Date, to: Date): Promise<ComingShow[]> {
      // With the visibility, an index finds them.
      const visibilities = ['public' as const, 'unlisted' as const, 'private' as const]
      const filter = {
        visibility: { $in: visibilities },
        status: 'scheduled' as const,
        startsAt: { $gte: from, $lte: to }
      }
      const found = await shows.find(filter, { projection: { creatorId: 1, startsAt: 1 } }).toArray()
      return found.flatMap(({ _id, creatorId, startsAt }) => (startsAt === null ? [] : [{ _id, creatorId, startsAt }]))
    }
  }
}
