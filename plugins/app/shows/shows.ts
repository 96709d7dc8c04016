import type { Collection } from 'mongodb'
import type { Show, ShowDraft, Visibility } from '../../../contract/shows.ts'
import type { AudienceCounts } from './audience-counts.ts'
import { createCatalogue } from './catalogue.ts'
import { createChangedShows } from './changed-shows.ts'
import { createCovers } from './covers.ts'
import { createDeletion } from './deletion.ts'
import type { Suspensions } from '../identity/suspensions.ts'
import type { OwnedPictures } from '../people/owned-pictures.ts'
import { liveStatuses, writableBy, type ShowDocument } from './document.ts'
import { createEditing } from './editing.ts'
import { createStartedShows } from './started-shows.ts'
import { createLifecycle } from './lifecycle.ts'
import type { LiveShows } from './live-shows.ts'
import type { ShowData } from './show-data.ts'
import type { ShowEvents } from './show-events.ts'
import type { ShowGuard } from './show-guard.ts'
import type { ShowRecord, ShowViews } from './view.ts'
import type { SeriesDocument } from './series/document.ts'
import { createSeries } from './series/series.ts'
import { createTagsInUse } from './tags-in-use.ts'
import type { Visitors } from './visitors.ts'

export interface ShowsParts {
  shows: Collection<ShowDocument>
  series: Collection<SeriesDocument>
  coverFiles: OwnedPictures
  suspensions: Pick<Suspensions, 'findAmong'>
  views: ShowViews
  visitors: Visitors
  guard: ShowGuard
  showData: ShowData
  liveShows: LiveShows
  showEvents: ShowEvents
  /** Default number of seats besides the creator's. */
  maxSpeakers: number
  /** Maximum number of shows of one person that have not started. */
  maxScheduled: number
  isDraining(): boolean
  nowMs(): number
}

const visibilities: Visibility[] = ['public', 'unlisted', 'private']

export type Shows = Omit<Awaited<ReturnType<typeof createShows>>, 'series' | 'covers'>

/** Stored shows. The room of a live show decides what happens in it; `liveShows` is the port to it. */
export async function createShows(parts: ShowsParts) {
  const { shows, views, visitors, guard, showData, liveShows, showEvents, coverFiles, suspensions } = parts
  const { maxSpeakers, maxScheduled, isDraining, nowMs } = parts
  await shows.createIndex({ status: 1 })
  await shows.createIndex({ creatorId: 1, createdAt: 1 })
  const catalogue = await createCatalogue({ shows, views, nowMs })

  const editing = createEditing({ shows, guard, views, liveShows, maxSpeakers, maxScheduled, nowMs })
  const covers = await createCovers({ shows, series: parts.series, files: coverFiles, guard, views, liveShows, nowMs })
  const series = await createSeries({
    series: parts.series,
    shows,
    showData,
    editing,
    covers,
    liveShows,
    suspensions,
    nowMs
  })

  /** Finds the public ones of these shows. A read of one by its id alone goes to the embedded store directly. */
  async function publicAmong(showIds: readonly string[]): Promise<Pick<ShowDocument, '_id' | 'title' | 'status'>[]> {
    const [firstId, ...others] = showIds
    if (firstId === undefined) return []
    const projection = { title: 1, status: 1, visibility: 1 }
    if (others.length > 0) {
      return await shows.find({ _id: { $in: [...showIds] }, visibility: 'public' }, { projection }).toArray()
    }
    const show = await shows.findOne({ _id: firstId }, { projection })
    return show?.visibility === 'public' ? [show] : []
  }

  return {
    ...catalogue,
    ...editing,

    /**
     * Plans a show, or the first one of a series. Throws VALIDATION (a start in the past, an empty tag, a rule),
     * CONFLICT (too many shows that have not started, or series), NOT_FOUND (the show with the cover).
     */
    async create(creatorId: string, { repeat, coverOf, ...draft }: ShowDraft): Promise<Show> {
      const cover = coverOf === undefined ? {} : await covers.coverOf(coverOf, creatorId)
      return repeat
        ? await series.create(creatorId, repeat, draft, cover)
        : await editing.create(creatorId, draft, cover)
    },
    ...(await createLifecycle({ shows, guard, views, liveShows, showEvents, isDraining })),
    ...createDeletion({ shows, guard, showData, series, covers, liveShows }),
    series,
    covers,
    ...(await createStartedShows(shows)),
    findReplaysBy: views.findReplaysBy,
    ...(await createChangedShows(shows)),
    tagsInUse: createTagsInUse(shows, nowMs),

    /** Throws NOT_FOUND, also for a private show that the caller may not see. */
    async get(showId: string, callerId: string | null): Promise<Show> {
      return await views.toShow(await guard.authorize('see', showId, callerId))
    },

    /** Returns those of these shows that the caller may see, by id. */
    async getMany(showIds: readonly string[], callerId: string | null): Promise<Map<string, Show>> {
      const found = await views.toShows(await guard.visibleAmong(showIds, callerId))
      return new Map(found.map(show => [show.id, show]))
    },

    /** Throws NOT_FOUND, also for a private show that the caller may not see. */
    async assertVisible(showId: string, callerId: string | null): Promise<void> {
      await guard.authorize('see', showId, callerId)
    },

    /** Returns a show as its live room uses it; undefined when there is none. */
    async findRecord(showId: string): Promise<ShowRecord | undefined> {
      const document = await shows.findOne({ _id: showId })
      return document ? await views.toRecord(document) : undefined
    },

    /** Returns those of these shows that are public, by id. */
    async findPublic(showIds: readonly string[]): Promise<Map<string, Pick<Show, 'id' | 'title' | 'status'>>> {
      const found = await publicAmong(showIds)
      return new Map(found.map(({ _id, title, status }) => [_id, { id: _id, title, status }]))
    },

    /** Whether a show may be streamed over HTTP now: it is public and live, and its setting `program` is on. */
    async isStreamable(showId: string): Promise<boolean> {
      const wanted = { visibility: 'public', status: { $in: liveStatuses }, 'settings.program': true } as const
      return (await shows.findOne({ _id: showId, ...wanted }, { projection: { _id: 1 } })) !== null
    },

    /** Returns the id of a creator's live show. */
    findLiveShowId: async (creatorId: string): Promise<string | undefined> =>
      (await catalogue.list({ limit: 1, status: 'live', creatorId }, creatorId)).items[0]?.id,

    /** Yields the ids of a person's shows of any status, oldest first. */
    async *idsOf(creatorId: string): AsyncIterable<string> {
      for await (const { _id } of shows.find({ creatorId }, { projection: { _id: 1 } }).sort({ createdAt: 1 })) {
        yield _id
      }
    },

    /** Returns the ids of all live and interrupted shows. Reads no more of them: one that is damaged hides no other. */
    async listLiveIds(): Promise<string[]> {
      const found = await shows.find({ status: { $in: liveStatuses } }, { projection: { _id: 1 } }).toArray()
      return found.map(({ _id }) => _id)
    },

    /** Returns the ids of shows that have not started, and are planned for a time before this one. */
    async listIdsStartingBefore(before: Date): Promise<string[]> {
      const filter = {
        visibility: { $in: visibilities },
        status: 'scheduled' as const,
        startsAt: { $gt: new Date(0), $lt: before }
      }
      const found = await shows.find(filter, { projection: { _id: 1 } }).toArray()
      return found.map(({ _id }) => _id)
    },

    /** Returns the ids of all shows that ended then or later. */
    async listIdsEndedSince(since: Date): Promise<string[]> {
      // With the visibility, an index finds them.
      const filter = { visibility: { $in: visibilities }, status: 'ended' as const, endedAt: { $gte: since } }
      const found = await shows.find(filter, { projection: { _id: 1 } }).toArray()
      return found.map(({ _id }) => _id)
    },

    /**
     * Stores the counts of a show for its home with this token. The highest counts stay, also after a restart. Safe to
     * repeat. Counts nothing but the newcomers when a later home has written.
     */
    async recordAudience(
      showId: string,
      { newcomerIds, listenerCount, peakListeners, totalListeners }: AudienceCounts,
      token: number
    ): Promise<void> {
      await visitors.add(showId, newcomerIds)
      await shows.updateOne(writableBy(showId, token), {
        $set: { listenerCount, homeToken: token },
        $max: { peakListeners, totalListeners }
      })
    },

    /** Returns everybody who has ever listened to a show. */
    visitorIds: visitors.ids
  }
}
