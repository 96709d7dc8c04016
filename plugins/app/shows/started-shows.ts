import type { Collection, Filter } from 'mongodb'
import type { Visibility } from '../../../contract/shows.ts'
import { liveStatuses, type ShowDocument } from './document.ts'
import { foreignCursor } from './cursor.ts'

/** A stored show that has started. */
export type StartedShow = ShowDocument & { startedAt: Date }

/** A page of a creator's shows, newest first. */
export interface StartedShowsQuery {
  limit: number
  cursor?: string | undefined
}

/** A live show that has started. */
export interface RecentStart {
  showId: string
  creatorId: string
  startedAt: Date
  isPublic: boolean
}

const visibilities: Visibility[] = ['public', 'unlisted', 'private']
/** Shows of one creator that are returned at most. */
const maxEnded = 100

/** Lists the shows of creators by the time at which they started. */
export async function createStartedShows(shows: Collection<ShowDocument>) {
  await shows.createIndex({ creatorId: 1, startedAt: -1, _id: -1 })

  function isStarted(show: ShowDocument): show is StartedShow {
    return show.startedAt !== null
  }

  return {
    /** Returns a show that has started; undefined for others. */
    async findStarted(showId: string): Promise<StartedShow | undefined> {
      const show = await shows.findOne({ _id: showId })
      return show && isStarted(show) ? show : undefined
    },

    /** Returns the shows that are live and started then or later. */
    async findStartedSince(since: Date): Promise<RecentStart[]> {
      // In this order, an index finds them.
      const filter = { visibility: { $in: visibilities }, status: { $in: liveStatuses }, startedAt: { $gte: since } }
      const found = await shows.find(filter, { projection: { creatorId: 1, startedAt: 1, visibility: 1 } }).toArray()
      return found.flatMap(({ _id, creatorId, startedAt, visibility }) =>
        startedAt === null ? [] : [{ showId: _id, creatorId, startedAt, isPublic: visibility === 'public' }]
      )
    },

    /** Returns a page of a creator's shows that have started, newest first. Throws VALIDATION for a foreign cursor. */
    async startedShows(
      creatorId: string,
      { limit, cursor }: StartedShowsQuery
    ): Promise<{ shows: StartedShow[]; nextCursor: string | null }> {
      const conditions: Filter<ShowDocument>[] = [{ creatorId, startedAt: { $type: 'date' } }, afterCursor(cursor)]
      const found = await shows
        .find({ $and: conditions })
        .sort({ startedAt: -1, _id: -1 })
        .limit(limit + 1)
        .toArray()
      const page = found.slice(0, limit).filter(isStarted)
      const last = page.at(-1)
      return { shows: page, nextCursor: found.length > limit && last ? cursorOf(last) : null }
    },

    /** Returns the shows of a creator that started in a time and have ended, oldest first; of many, the newest. */
    async endedShows(creatorId: string, { from, before }: { from: Date; before: Date }): Promise<StartedShow[]> {
      const found = await shows
        .find({ creatorId, startedAt: { $gte: from, $lt: before } })
        .sort({ startedAt: -1, _id: -1 })
        .limit(maxEnded)
        .toArray()
      return found
        .filter(isStarted)
        .filter(({ status }) => status === 'ended')
        .toReversed()
    }
  }
}

/** Cursors are opaque to clients. */
function cursorOf({ _id, startedAt }: StartedShow): string {
  return Buffer.from(`started:${startedAt.getTime()}:${_id}`).toString('base64url')
}

function afterCursor(cursor: string | undefined): Filter<ShowDocument> {
  if (cursor === undefined) return {}
  const text = Buffer.from(cursor, 'base64url').toString()
  const [, time, id] = /^started:(\d{1,15}):([A-Za-z0-9_-]{1,64})$/.exec(text) ?? []
  if (time === undefined || id === undefined) throw foreignCursor()
  const startedAt = new Date(Number(time))
  return { $or: [{ startedAt: { $lt: startedAt } }, { startedAt, _id: { $lt: id } }] }
}
