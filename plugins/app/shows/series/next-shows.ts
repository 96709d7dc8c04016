import type { Collection } from 'mongodb'
import { CodedError } from '../../../../contract/errors.ts'
import { isDuplicateKey } from '../../documents/is-duplicate-key.ts'
import type { Suspensions } from '../../identity/suspensions.ts'
import type { ShowDocument } from '../document.ts'
import type { Editing } from '../editing.ts'
import type { SeriesDocument } from './document.ts'
import { nextDate, type Dates } from './rule.ts'

/** A series whose next show can't be planned is tried again after this time. */
const retryMs = 3_600_000
/** Number of series that are read at a time. */
const pageSize = 100

/** The planned shows of a series, or that of one date. */
export type PlannedShows = { 'series.id': string } | { occurrence: string }

export interface NextShowsParts {
  series: Collection<SeriesDocument>
  editing: Editing
  /** Changes the cover of a show that has not started; undefined removes it. */
  setPlannedCover(showId: string, coverUrl: string | undefined): Promise<void>
  suspensions: Pick<Suspensions, 'findAmong'>
  removePlanned(of: PlannedShows): Promise<void>
  nowMs(): number
}

/** Plans the next show of each series that is due: once for each date, on whichever nodes and after a crash. */
export function createNextShows(parts: NextShowsParts) {
  const { series, editing, setPlannedCover, suspensions, removePlanned, nowMs } = parts
  /** Fields of the show of a date. The key is unique, so that no date has two shows. */
  function occurrenceOf({ _id, rule, timeZone }: SeriesDocument, clock: Date): OccurrenceFields {
    return { series: { id: _id, rule, timeZone }, occurrence: `${_id}:${clock.toISOString()}` }
  }

  /** Fields of a series that lets it plan its first date at once. */
  function planStart({ start }: Dates): Pick<SeriesDocument, 'planned' | 'dueAt'> {
    return { planned: new Date(start.getTime() - 1), dueAt: new Date(nowMs()) }
  }

  /** Applies what happened to a series while the show of a date was planned. */
  async function followChanges(planned: SeriesDocument, clock: Date, showId: string): Promise<void> {
    const { _id, creatorId, version } = planned
    const current = await series.findOne({ _id })
    if (!current) return await removePlanned({ 'series.id': _id })
    if (current.version === version) return
    if (hasSameDates(current, planned)) {
      await editing.patch(showId, creatorId, current.draft)
      await setPlannedCover(showId, current.coverUrl)
    } else {
      const { occurrence } = occurrenceOf(planned, clock)
      await removePlanned({ occurrence })
      // The other rule may have this date, too.
      await series.updateOne({ _id, version: current.version }, { $set: planStart(current) })
    }
  }

  async function setDue({ _id, dueAt }: SeriesDocument, next: Date | null): Promise<void> {
    await series.updateOne({ _id, dueAt }, { $set: { dueAt: next } })
  }

  async function planNext(document: SeriesDocument): Promise<void> {
    const { _id, creatorId, draft, coverUrl, planned, dueAt } = document
    const later = new Date(nowMs() + retryMs)
    if ((await suspensions.findAmong([creatorId])).size > 0) return await setDue(document, later)
    const next = nextDate(document, planned, nowMs())
    if (!next) return await setDue(document, null)
    const startsAt = next.startsAt.toISOString()
    let showId: string | null = null
    try {
      const ofSeries = { ...occurrenceOf(document, next.clock), ...(coverUrl !== undefined && { coverUrl }) }
      showId = (await editing.create(creatorId, { ...draft, startsAt }, ofSeries)).id
    } catch (error) {
      // The person has too many planned shows.
      if (error instanceof CodedError && error.code === 'CONFLICT') return await setDue(document, later)
      // Another node has planned it, or this one before a crash.
      if (!isDuplicateKey(error)) throw error
    }
    await series.updateOne({ _id, planned, dueAt }, { $set: { planned: next.clock, dueAt: next.startsAt } })
    if (showId !== null) await followChanges(document, next.clock, showId)
  }

  /** Plans the next show of a series; later, when that fails. Returns the error. */
  async function tryPlanNext(document: SeriesDocument): Promise<unknown[]> {
    try {
      await planNext(document)
      return []
    } catch (error) {
      await setDue(document, new Date(nowMs() + retryMs))
      return [error]
    }
  }

  return {
    occurrenceOf,
    planStart,

    /**
     * Plans the next show of each series that is due. Safe to repeat, and to run on several nodes. One that can't be
     * planned keeps no other from it: its error is thrown at the end.
     */
    async planDue(): Promise<void> {
      const errors: unknown[] = []
      for (;;) {
        const due = await series
          .find({ dueAt: { $lte: new Date(nowMs()) } })
          .sort({ dueAt: 1 })
          .limit(pageSize)
          .toArray()
        for (const each of due) errors.push(...(await tryPlanNext(each)))
        if (due.length === pageSize) continue
        if (errors.length > 0) throw new AggregateError(errors, 'next shows of series not planned')
        return
      }
    },

    /** Plans the next show of a series if it is due. */
    async planDueOf(seriesId: string): Promise<void> {
      const due = await series.findOne({ _id: seriesId, dueAt: { $lte: new Date(nowMs()) } })
      if (due) await planNext(due)
    }
  }
}

function hasSameDates(one: SeriesDocument, other: SeriesDocument): boolean {
  return one.rule === other.rule && one.timeZone === other.timeZone && one.start.getTime() === other.start.getTime()
}

type OccurrenceFields = Required<Pick<ShowDocument, 'series' | 'occurrence'>>
