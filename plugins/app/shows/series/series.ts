import type { Collection } from 'mongodb'
import { CodedError, invalidRequest } from '../../../../contract/errors.ts'
import { maxSeries, type Repeat, type Reschedule } from '../../../../contract/series.ts'
import type { SeriesPatch, Show, ShowDraft } from '../../../../contract/shows.ts'
import { isDuplicateKey } from '../../documents/is-duplicate-key.ts'
import { opaqueId } from '../../documents/opaque-id.ts'
import type { Suspensions } from '../../identity/suspensions.ts'
import { exportedRecords } from '../../privacy/exported-records.ts'
import type { PersonalDataKeeper } from '../../privacy/personal-data.ts'
import type { Covers } from '../covers.ts'
import type { ShowDocument } from '../document.ts'
import type { Editing } from '../editing.ts'
import type { LiveShows } from '../live-shows.ts'
import { normalTags } from '../normal-tags.ts'
import type { ShowData } from '../show-data.ts'
import type { SeriesDocument } from './document.ts'
import { createNextShows, type PlannedShows } from './next-shows.ts'
import { parseStartingTime } from '../starting-time.ts'
import { parseDates, type Dates } from './rule.ts'

/** Maximum attempts of an edit, which is repeated after a change at the same time. */
const maxAttempts = 10

export interface SeriesParts {
  series: Collection<SeriesDocument>
  shows: Collection<ShowDocument>
  showData: ShowData
  editing: Editing
  covers: Pick<Covers, 'release'>
  liveShows: Pick<LiveShows, 'showDeleted'>
  suspensions: Pick<Suspensions, 'findAmong'>
  nowMs(): number
}

export type Series = Awaited<ReturnType<typeof createSeries>>

/** Shows that repeat: each date becomes a planned show when the one before has started, or was cancelled. */
export async function createSeries(parts: SeriesParts) {
  const { series, shows, showData, editing, covers, liveShows, suspensions, nowMs } = parts
  await series.createIndex({ dueAt: 1 })
  await series.createIndex({ creatorId: 1, createdAt: 1 })
  await shows.createIndex({ occurrence: 1 }, { unique: true, sparse: true })
  await shows.createIndex({ 'series.id': 1, status: 1 }, { sparse: true })

  async function removePlanned(of: PlannedShows): Promise<void> {
    const planned = { ...of, status: 'scheduled' as const }
    for (const { _id } of await shows.find(planned, { projection: { _id: 1 } }).toArray()) {
      const removed = await shows.findOneAndDelete({ _id, status: 'scheduled' })
      if (!removed) continue
      // People may be backstage.
      await liveShows.showDeleted(_id).catch(() => {})
      await showData.remove(_id)
      await covers.release(removed)
    }
  }

  async function setPlannedCover(showId: string, coverUrl: string | undefined): Promise<void> {
    const change = coverUrl === undefined ? { $unset: { coverUrl: '' as const } } : { $set: { coverUrl } }
    const before = await shows.findOneAndUpdate(
      { _id: showId, status: 'scheduled' },
      { ...change, $inc: { version: 1 } },
      { returnDocument: 'before' }
    )
    if (before && before.coverUrl !== coverUrl) await covers.release(before)
  }

  const nextShows = createNextShows({ series, editing, setPlannedCover, suspensions, removePlanned, nowMs })

  function tooManySeries(): CodedError {
    return new CodedError('CONFLICT', `You have ${maxSeries} shows that repeat. Stop one of them first.`)
  }

  /** Returns the first date and its moment. Throws VALIDATION. */
  function parseFirst({ rule, timeZone }: Repeat, startsAt: string | null): { dates: Dates; first: Date } {
    const first = parseStartingTime(startsAt, nowMs())
    if (!first) throw invalidRequest([{ path: '/startsAt', message: 'must be the first date' }])
    return { dates: parseDates(rule, timeZone, first), first }
  }

  /**
   * Moves the planned show of a series to the first date of another rule. Returns the fields of the series, which plans
   * that date itself if no show has moved. Throws VALIDATION.
   */
  async function reschedule(before: SeriesDocument, repeat: Reschedule): Promise<Partial<SeriesDocument>> {
    const { dates, first } = parseFirst(repeat, repeat.startsAt)
    const { occurrence } = nextShows.occurrenceOf(before, before.planned)
    const moved = { ...nextShows.occurrenceOf({ ...before, ...dates }, dates.start), startsAt: first }
    try {
      await shows.updateOne(
        { occurrence, status: 'scheduled' },
        { $set: { ...moved, updatedAt: new Date(nowMs()) }, $inc: { version: 1 } }
      )
    } catch (error) {
      if (!isDuplicateKey(error)) throw error
      // The date has a show already.
      await removePlanned({ occurrence })
    }
    return { ...dates, ...nextShows.planStart(dates) }
  }

  /** Changes a series, again after each show that is planned meanwhile. Throws NOT_FOUND, CONFLICT. */
  async function change(
    own: Pick<SeriesDocument, '_id' | 'creatorId'>,
    fieldsOf: (before: SeriesDocument) => Promise<object>
  ): Promise<void> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const before = await series.findOne(own)
      if (!before) throw noSuchSeries()
      const { planned, version } = before
      const fields = await fieldsOf(before)
      const changed = await series.updateOne({ ...own, planned, version }, { $set: fields, $inc: { version: 1 } })
      if (changed.matchedCount > 0) return
    }
    throw new CodedError('CONFLICT', 'The series was changed meanwhile. Try again.')
  }

  const personalData: PersonalDataKeeper = {
    export: creatorId =>
      exportedRecords(
        series,
        { creatorId },
        ({ _id, rule, timeZone, draft, coverUrl, version, createdAt }) => ({
          id: _id,
          rule,
          timeZone,
          ...draft,
          coverUrl,
          version,
          createdAt
        }),
        { sort: { createdAt: 1 } }
      ),
    erase: async creatorId => {
      await series.deleteMany({ creatorId })
    }
  }

  return {
    personalData,
    planDue: nextShows.planDue,
    planDueOf: nextShows.planDueOf,

    /**
     * Plans the first show of a series. Throws VALIDATION (the rule, the time zone, no start or one in the past),
     * CONFLICT (too many series, or shows that have not started).
     */
    async create(
      creatorId: string,
      repeat: Repeat,
      { startsAt, ...draft }: Omit<ShowDraft, 'repeat' | 'coverOf'>,
      cover: Pick<SeriesDocument, 'coverUrl'> = {}
    ): Promise<Show> {
      const { dates, first } = parseFirst(repeat, startsAt ?? null)
      if ((await series.countDocuments({ creatorId })) >= maxSeries) throw tooManySeries()
      const document: SeriesDocument = {
        _id: opaqueId(),
        creatorId,
        ...dates,
        draft,
        ...cover,
        planned: dates.start,
        dueAt: first,
        version: 1,
        createdAt: new Date(nowMs())
      }
      // The show is first: a series without a show would plan shows of which nobody knows.
      const show = await editing.create(
        creatorId,
        { ...draft, startsAt: first.toISOString() },
        { ...nextShows.occurrenceOf(document, dates.start), ...cover }
      )
      await series.insertOne(document)
      // Requests at the same time may all have found a place.
      if ((await series.countDocuments({ creatorId })) > maxSeries) {
        await series.deleteOne({ _id: document._id })
        await removePlanned({ 'series.id': document._id })
        throw tooManySeries()
      }
      return show
    },

    /**
     * Changes what the planned show of a series and the later ones have in common. With `repeat` they have other dates,
     * and the planned show moves to the first one. Throws VALIDATION (the rule, the time zone, the first date),
     * CONFLICT (changed again and again meanwhile) and NOT_FOUND, also for the series of another person.
     */
    async patch(seriesId: string, callerId: string, { repeat, ...patch }: SeriesPatch): Promise<void> {
      const { settings = {}, tags, ...texts } = patch
      const fields = { ...texts, ...(tags && { tags: normalTags(tags) }) }
      const changes = Object.fromEntries([
        ...Object.entries(fields).map(([name, value]) => [`draft.${name}`, value]),
        ...Object.entries(settings).map(([name, value]) => [`draft.settings.${name}`, value])
      ])
      await change({ _id: seriesId, creatorId: callerId }, async before => ({
        ...changes,
        ...(repeat && (await reschedule(before, repeat)))
      }))
      const planned = { 'series.id': seriesId, status: 'scheduled' as const }
      for (const { _id } of await shows.find(planned, { projection: { _id: 1 } }).toArray()) {
        await editing.patch(_id, callerId, patch)
      }
      if (repeat) await nextShows.planDueOf(seriesId)
    },

    /** Ends a series and deletes its planned show. Throws NOT_FOUND, also for the series of another person. */
    async remove(seriesId: string, callerId: string): Promise<void> {
      const removed = await series.findOneAndDelete({ _id: seriesId, creatorId: callerId })
      if (!removed) throw noSuchSeries()
      await removePlanned({ 'series.id': seriesId })
      await covers.release(removed)
    },

    /** Makes sure that a show which is about to be deleted is not planned again, and that the next one is. */
    async skip({ series: of, occurrence, status }: ShowDocument): Promise<void> {
      if (!of || occurrence === undefined || status !== 'scheduled') return
      const date = new Date(occurrence.slice(of.id.length + 1))
      await series.updateOne(
        { _id: of.id, planned: { $lte: date } },
        { $set: { planned: date, dueAt: new Date(nowMs()) } }
      )
    }
  }
}

function noSuchSeries(): CodedError {
  return new CodedError('NOT_FOUND', 'There is no such series.')
}
