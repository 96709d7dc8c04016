import type { Filter } from 'mongodb'
import type { ShowsQuery } from '../../../contract/shows.ts'
import { liveStatuses, type ShowDocument } from './document.ts'

/** What a part of the list is ordered by, before the id: a number or a time, growing or falling. */
export interface OrderKey {
  field: 'listenerCount' | 'startedAt' | 'startsAt' | 'createdAt' | 'endedAt'
  direction: 1 | -1
}

/** One part of the list of shows: which, and in what order. No show is in two of them. */
export interface Section {
  name: 'live' | 'dated' | 'undated' | 'ended' | 'missed'
  status: NonNullable<ShowsQuery['status']>
  /** Only its creator sees it in a list. */
  own: boolean
  order: readonly OrderKey[]
  filter(nowMs: number): Filter<ShowDocument>
}

/** A show that did not begin stays among what is to come for so long after its time. */
const patienceMs = 24 * 3_600_000

const newest: OrderKey = { field: 'createdAt', direction: -1 }

/** The order of discovery: what is live, most listened first; what comes, soonest first; what was, newest first. */
export const sections: readonly Section[] = [
  {
    name: 'live',
    status: 'live',
    own: false,
    order: [
      { field: 'listenerCount', direction: -1 },
      { field: 'startedAt', direction: -1 }
    ],
    filter: () => ({ status: { $in: liveStatuses } })
  },
  {
    name: 'dated',
    status: 'scheduled',
    own: false,
    order: [{ field: 'startsAt', direction: 1 }, newest],
    filter: nowMs => ({ status: 'scheduled', startsAt: { $gte: new Date(nowMs - patienceMs) } })
  },
  {
    name: 'undated',
    status: 'scheduled',
    own: false,
    order: [newest],
    filter: () => ({ status: 'scheduled', startsAt: null })
  },
  {
    name: 'ended',
    status: 'ended',
    own: false,
    order: [{ field: 'endedAt', direction: -1 }],
    filter: () => ({ status: 'ended' })
  },
  {
    name: 'missed',
    status: 'scheduled',
    own: true,
    order: [{ field: 'startsAt', direction: -1 }, newest],
    filter: nowMs => ({ status: 'scheduled', startsAt: { $lt: new Date(nowMs - patienceMs) } })
  }
]

/** The places of a section after one show, given what orders it. */
export function after({ order }: Section, values: readonly number[], id: string): Filter<ShowDocument> {
  const same: Filter<ShowDocument> = {}
  const branches = order.map(({ field, direction }, n): Filter<ShowDocument> => {
    const value = stored(field, values[n] ?? 0)
    const branch = { ...same, [field]: direction === 1 ? { $gt: value } : { $lt: value } }
    Object.assign(same, { [field]: value })
    return branch
  })
  return { $or: [...branches, { ...same, _id: { $lt: id } }] }
}

/** What orders a show within its section. */
export function placeOf({ order }: Section, document: ShowDocument): number[] {
  return order.map(({ field }) => Number(document[field]))
}

function stored(field: OrderKey['field'], value: number): number | Date {
  return field === 'listenerCount' ? value : new Date(value)
}
