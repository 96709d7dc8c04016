import type { Filter } from 'mongodb'
import type { ShowsQuery } from '../../../contract/shows.ts'
import { liveStatuses, type ShowDocument } from './document.ts'

/** A sort key of a section, before the id: a number or a time, ascending or descending. */
export interface OrderKey {
  field: 'listenerCount' | 'startedAt' | 'startsAt' | 'createdAt' | 'endedAt'
  direction: 1 | -1
}

/** One part of the list of shows, with its own order. No show is in two sections. */
export interface Section {
  name: 'live' | 'dated' | 'undated' | 'ended' | 'missed'
  status: NonNullable<ShowsQuery['status']>
  /** Only the creator sees this section, in the list of their own shows. */
  isOwnOnly: boolean
  order: readonly OrderKey[]
  filter(nowMs: number): Filter<ShowDocument>
}

/** The time that a show that did not start stays among the upcoming shows after its start time. */
const missedAfterMs = 24 * 3_600_000

const newest: OrderKey = { field: 'createdAt', direction: -1 }

/** Order of discovery: live shows by listeners, upcoming shows soonest first, ended shows newest first. */
export const sections: readonly Section[] = [
  {
    name: 'live',
    status: 'live',
    isOwnOnly: false,
    order: [
      { field: 'listenerCount', direction: -1 },
      { field: 'startedAt', direction: -1 }
    ],
    filter: () => ({ status: { $in: liveStatuses } })
  },
  {
    name: 'dated',
    status: 'scheduled',
    isOwnOnly: false,
    order: [{ field: 'startsAt', direction: 1 }, newest],
    filter: nowMs => ({ status: 'scheduled', startsAt: { $gte: new Date(nowMs - missedAfterMs) } })
  },
  {
    name: 'undated',
    status: 'scheduled',
    isOwnOnly: false,
    order: [newest],
    filter: () => ({ status: 'scheduled', startsAt: null })
  },
  {
    name: 'ended',
    status: 'ended',
    isOwnOnly: false,
    order: [{ field: 'endedAt', direction: -1 }],
    filter: () => ({ status: 'ended' })
  },
  {
    name: 'missed',
    status: 'scheduled',
    isOwnOnly: true,
    order: [{ field: 'startsAt', direction: -1 }, newest],
    filter: nowMs => ({ status: 'scheduled', startsAt: { $lt: new Date(nowMs - missedAfterMs) } })
  }
]

/** Returns a filter for the shows of a section that come after one show, given by its sort values and its id. */
export function after({ order }: Section, values: readonly number[], id: string): Filter<ShowDocument> {
  const equal: Filter<ShowDocument> = {}
  const branches = order.map(({ field, direction }, n): Filter<ShowDocument> => {
    const value = toStored(field, values[n] ?? 0)
    const branch = { ...equal, [field]: direction === 1 ? { $gt: value } : { $lt: value } }
    Object.assign(equal, { [field]: value })
    return branch
  })
  return { $or: [...branches, { ...equal, _id: { $lt: id } }] }
}

/** Returns the sort values of a show within its section. */
export function sortValuesOf({ order }: Section, document: ShowDocument): number[] {
  return order.map(({ field }) => Number(document[field]))
}

function toStored(field: OrderKey['field'], value: number): number | Date {
  return field === 'listenerCount' ? value : new Date(value)
}
