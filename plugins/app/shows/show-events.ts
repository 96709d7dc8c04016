import type { Collection } from 'mongodb'
import type { RoomRecord } from '../../../contract/room-events.ts'
import type { EndReason } from '../../../contract/shows.ts'
import type { ShowEventDocument } from './event-log.ts'
import { unknownPerson } from './unknown-person.ts'

type EventType = RoomRecord['event']['type']
type EventOf<T extends EventType> = Extract<RoomRecord['event'], { type: T }>

/** Selects events of a show: those of some types before `beforeSeq`, newest first. */
interface EventQuery<T extends EventType> {
  types: readonly T[]
  beforeSeq?: number | undefined
}

export type ShowEvents = ReturnType<typeof createShowEvents>

/** Queries over the stored events of shows. */
export function createShowEvents(events: Collection<ShowEventDocument>) {
  async function* newest<T extends EventType>(
    showId: string,
    { types, beforeSeq }: EventQuery<T>
  ): AsyncGenerator<{ seq: number; at: number; event: EventOf<T> }> {
    const typeSet: ReadonlySet<string> = new Set(types)
    const isOfTypes = (event: RoomRecord['event']): event is EventOf<T> => typeSet.has(event.type)
    const filter = {
      showId,
      'event.type': { $in: [...types] },
      ...(beforeSeq !== undefined && { seq: { $lt: beforeSeq } })
    }
    for await (const { seq, at, event } of events.find(filter).sort({ seq: -1 })) {
      if (isOfTypes(event)) yield { seq, at, event }
    }
  }

  return {
    newest,

    /** Returns the co-hosts according to the stored events; for an ended show, the co-hosts at its end. */
    async cohostIds(showId: string): Promise<Set<string>> {
      const settled = new Set<string>()
      const cohosts = new Set<string>()
      for await (const { event } of newest(showId, { types: ['cohost:changed', 'member:removed'] })) {
        if (event.type === 'cohost:changed' && event.cohost && !settled.has(event.userId)) cohosts.add(event.userId)
        settled.add(event.userId)
      }
      return cohosts
    },

    /** Returns the end of a show according to its log; undefined when it has not ended. */
    async findEnd(showId: string): Promise<{ reason: EndReason; at: number } | undefined> {
      const { value } = await newest(showId, { types: ['show:ended'] }).next()
      return value && { reason: value.event.reason, at: value.at }
    },

    /** Yields the events about a person, and their actions on others, without the others' names. */
    async *export(userId: string): AsyncGenerator<object> {
      for await (const { showId, at, event } of events.find({ 'event.userId': userId })) yield { showId, at, event }
      const actions = events.find({ 'event.by': userId, 'event.userId': { $ne: userId } })
      for await (const { showId, at, event } of actions) yield { showId, at, did: event.type }
    },

    /**
     * Removes a person's name, picture and words from stored events. The events stay, with the id of the erased
     * account.
     */
    async anonymise(userId: string): Promise<void> {
      const { displayName, avatarUrl } = unknownPerson(userId)
      await events.updateMany(
        { 'event.userId': userId, 'event.displayName': { $exists: true } },
        { $set: { 'event.displayName': displayName, 'event.avatarUrl': avatarUrl } }
      )
      await events.updateMany(
        { 'event.userId': userId, 'event.reason': { $exists: true }, 'event.type': 'speak:requested' },
        { $set: { 'event.reason': '' } }
      )
    }
  }
}
