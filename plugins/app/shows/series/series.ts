import type { Collection } from 'mongodb'
import { CodedError, invalidRequest } from '../../../../contract/errors.ts'
import { maxSeries, type Repeat } from '../../../../contract/series.ts'
import type { SeriesPatch, Show, ShowDraft } from '../../../../contract/shows.ts'
import { opaqueId } from '../../documents/opaque-id.ts'
import type { Suspensions } from '../../identity/suspensions.ts'
import { exportedRecords } from '../../privacy/exported-records.ts'
import type { PersonalDataKeeper } from '../../privacy/personal-data.ts'
import type { ShowDocument } from '../document.ts'
import type { Editing } from '../editing.ts'
import { normalTags } from '../normal-tags.ts'
import type { ShowData } from '../show-data.ts'
import type { SeriesDocument } from './document.ts'
import { createNextShows } from './next-shows.ts'
import { parseStartingTime } from '../starting-time.ts'
import { parseDates } from './rule.ts'

export interface SeriesParts {
  series: Collection<SeriesDocument>
  shows: Collection<ShowDocument>
  showData: ShowData
  editing: Editing
  suspensions: Pick<Suspensions, 'findAmong'>
  nowMs(): number
}

export type Series = Awaited<ReturnType<typeof createSeries>>

/** Shows that repeat: each date becomes a planned show when the one before has started, or was cancelled. */
export async function createSeries({ series, shows, showData, editing, suspensions, nowMs }: SeriesParts) {
  await series.createIndex({ dueAt: 1 })
  await series.createIndex({ creatorId: 1, createdAt: 1 })
  await shows.createIndex({ occurrence: 1 }, { unique: true, sparse: true })
  await shows.createIndex({ 'series.id': 1, status: 1 }, { sparse: true })

  async function removePlanned(seriesId: string): Promise<void> {
    const planned = { 'series.id': seriesId, status: 'scheduled' as const }
    for (const { _id } of await shows.find(planned, { projection: { _id: 1 } }).toArray()) {
      const { deletedCount } = await shows.deleteOne({ _id, status: 'scheduled' })
      if (deletedCount > 0) await showData.remove(_id)
    }
  }

  const nextShows = createNextShows({ series, editing, suspensions, removePlanned, nowMs })

  function tooManySeries(): CodedError {
    return new CodedError('CONFLICT', `You have ${maxSeries} shows that repeat. Stop one of them first.`)
  }

  const personalData: PersonalDataKeeper = {
    export: creatorId =>
      exportedRecords(
        series,
        { creatorId },
        ({ _id, rule, timeZone, draft, version, createdAt }) => ({
          id: _id,
          rule,
          timeZone,
          ...draft,
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
      { rule, timeZone }: Repeat,
      { startsAt, repeat: _, ...draft }: ShowDraft
    ): Promise<Show> {
      const first = parseStartingTime(startsAt ?? null, nowMs())
      if (!first) throw invalidRequest([{ path: '/startsAt', message: 'must be the first date' }])
      const dates = parseDates(rule, timeZone, first)
      if ((await series.countDocuments({ creatorId })) >= maxSeries) throw tooManySeries()
      const document: SeriesDocument = {
        _id: opaqueId(),
        creatorId,
        ...dates,
        draft,
        planned: dates.start,
        dueAt: first,
        version: 1,
        createdAt: new Date(nowMs())
      }
      // The show is first: a series without a show would plan shows of which nobody knows.
      const show = await editing.create(
        creatorId,
        { ...draft, startsAt: first.toISOString() },
        nextShows.occurrenceOf(document, dates.start)
      )
      await series.insertOne(document)
      // Requests at the same time may all have found a place.
      if ((await series.countDocuments({ creatorId })) > maxSeries) {
        await series.deleteOne({ _id: document._id })
        await removePlanned(document._id)
        throw tooManySeries()
      }
      return show
    },

    /**
     * Changes what the planned show of a series and the later ones have in common. Throws NOT_FOUND, also for the
     * series of another person.
     */
    async patch(seriesId: string, callerId: string, patch: SeriesPatch): Promise<void> {
      const { settings = {}, tags, ...texts } = patch
      const fields = { ...texts, ...(tags && { tags: normalTags(tags) }) }
      const changes = [
        ...Object.entries(fields).map(([name, value]) => [`draft.${name}`, value]),
        ...Object.entries(settings).map(([name, value]) => [`draft.settings.${name}`, value])
      ]
      const found = await series.findOneAndUpdate(
        { _id: seriesId, creatorId: callerId },
        { $set: Object.fromEntries(changes), $inc: { version: 1 } },
        { returnDocument: 'after' }
      )
      if (!found) throw noSuchSeries()
      const planned = { 'series.id': seriesId, status: 'scheduled' as const }
      for (const { _id } of await shows.find(planned, { projection: { _id: 1 } }).toArray()) {
        await editing.patch(_id, callerId, patch)
      }
    },

    /** Ends a series and deletes its planned show. Throws NOT_FOUND, also for the series of another person. */
    async remove(seriesId: string, callerId: string): Promise<void> {
      const { deletedCount } = await series.deleteOne({ _id: seriesId, creatorId: callerId })
      if (deletedCount === 0) throw noSuchSeries()
      await removePlanned(seriesId)
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
