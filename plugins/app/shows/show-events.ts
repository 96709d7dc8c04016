import type { Collection, Filter } from 'mongodb'
import type { RoomRecord } from '../../../contract/room-events.ts'
import type { EndReason } from '../../../contract/shows.ts'
import { updateInSlices } from '../documents/slices.ts'
import { exportedRecords } from '../privacy/exported-records.ts'
import type { ShowEventDocument } from './log-records.ts'
import { unknownPerson } from './unknown-person.ts'

type EventType = RoomRecord['event']['type']
type EventOf<T extends EventType> = Extract<RoomRecord['event'], { type: T }>

/** Selects events of a show: those of some types before `beforeSeq`, newest first. */
interface EventQuery<T extends EventType> {
  types: readonly T[]
  beforeSeq?: number | undefined
  /** Only what hosts or the server did to people. */
  isDoneToPerson?: boolean
}

/** An event with its place in the log of its show and its time. */
export interface PlacedEvent<T extends EventType> {
  seq: number
  at: number
  event: EventOf<T>
}

/** Types of events with a name and a picture of their person. */
const namingTypes = ['floor:granted', 'stage:renamed', 'speak:requested', 'speak:invited', 'speak:renamed'] as const

export type ShowEvents = ReturnType<typeof createShowEvents>

/** Queries over the stored events of shows. */
export function createShowEvents(events: Collection<ShowEventDocument>) {
  /** Yields the events of some types that match a filter, newest first. */
  async function* newestOf<T extends EventType>(
    filter: Filter<ShowEventDocument>,
    types: readonly T[]
  ): AsyncGenerator<PlacedEvent<T>> {
    const typeSet: ReadonlySet<string> = new Set(types)
    const isOfTypes = (event: ShowEventDocument['event']): event is EventOf<T> => typeSet.has(event.type)
    for await (const { seq, at, event } of events.find(filter).sort({ seq: -1 })) {
      if (isOfTypes(event)) yield { seq, at, event }
    }
  }

  /** Yields the events of some types in a show, newest first. */
  function newest<T extends EventType>(
    showId: string,
    { types, beforeSeq, isDoneToPerson = false }: EventQuery<T>
  ): AsyncGenerator<PlacedEvent<T>> {
    const filter = {
      ...(isDoneToPerson ? { decidedIn: showId } : { showId, 'event.type': { $in: [...types] } }),
      ...(beforeSeq !== undefined && { seq: { $lt: beforeSeq } })
    }
    return newestOf(filter, types)
  }

  /** Yields the events of some types about some people in a show, newest first. */
  function about<T extends EventType>(
    showId: string,
    userIds: readonly string[],
    types: readonly T[]
  ): AsyncGenerator<PlacedEvent<T>> {
    const filter = { 'event.userId': { $in: [...userIds] }, 'event.type': { $in: [...types] }, showId }
    return newestOf(filter, types)
  }

  return {
    newest,
    about,

    /**
     * Returns when a person became a co-host, according to the stored events. Returns undefined for a person who is
     * none; for an ended show, at its end.
     */
    async cohostSince(showId: string, userId: string): Promise<Date | undefined> {
      const last = await firstOf(about(showId, [userId], ['cohost:changed', 'member:removed']))
      return last?.event.type === 'cohost:changed' && last.event.cohost ? new Date(last.at) : undefined
    },

    /** Whether a show has ever started according to its log. */
    async hasStarted(showId: string): Promise<boolean> {
      return (await firstOf(newest(showId, { types: ['show:started'] }))) !== undefined
    },

    /** Returns the end of a show according to its log; undefined when it has not ended. */
    async findEnd(showId: string): Promise<{ reason: EndReason; at: number } | undefined> {
      const last = await firstOf(newest(showId, { types: ['show:ended'] }))
      return last && { reason: last.event.reason, at: last.at }
    },

    /** Yields the events about a person, and their actions on others, without the others' names. */
    async *export(userId: string): AsyncGenerator<object> {
      yield* exportedRecords(events, { 'event.userId': userId }, ({ showId, at, event }) => ({ showId, at, event }))
      const actions = { 'event.by': userId, 'event.userId': { $ne: userId } }
      yield* exportedRecords(events, actions, ({ showId, at, event }) => ({ showId, at, did: event.type }))
    },

    /**
     * Removes a person's name, picture and words from stored events. The events stay, with the id of the erased
     * account.
     */
    async anonymise(userId: string): Promise<void> {
      const { displayName, avatarUrl } = unknownPerson(userId)
      await updateInSlices(
        events,
        { 'event.userId': userId, 'event.type': { $in: [...namingTypes] } },
        { $set: { 'event.displayName': displayName, 'event.avatarUrl': avatarUrl } }
      )
      await updateInSlices(
        events,
        { 'event.userId': userId, 'event.type': 'speak:requested' },
        { $set: { 'event.reason': '' } }
      )
    }
  }
}

/** Returns the first item, and closes the generator. */
async function firstOf<Item>(all: AsyncGenerator<Item>): Promise<Item | undefined> {
  const { done, value } = await all.next()
  await all.return(undefined)
  return done ? undefined : value
}
