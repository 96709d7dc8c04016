import type { Collection } from 'mongodb'
import type { RoomRecord } from '../../../contract/room-events.ts'
import type { EndReason } from '../../../contract/shows.ts'
import type { ShowEventDocument } from './event-log.ts'
import { unknownPerson } from './unknown-person.ts'

type EventType = RoomRecord['event']['type']
type EventOf<T extends EventType> = Extract<RoomRecord['event'], { type: T }>

/** Which of a show's events to read: newest first, those before `beforeSeq`. */
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
    const wanted: ReadonlySet<string> = new Set(types)
    const isWanted = (event: RoomRecord['event']): event is EventOf<T> => wanted.has(event.type)
    const filter = {
      showId,
      'event.type': { $in: [...types] },
      ...(beforeSeq !== undefined && { seq: { $lt: beforeSeq } })
    }
    for await (const { seq, at, event } of events.find(filter).sort({ seq: -1 })) {
      if (isWanted(event)) yield { seq, at, event }
    }
  }

  return {
    newest,

    /** The co-hosts by the stored events; of an ended show, the co-hosts at its end. */
    async cohostIds(showId: string): Promise<Set<string>> {
      const settled = new Set<string>()
      const cohosts = new Set<string>()
      for await (const { event } of newest(showId, { types: ['cohost:changed', 'member:removed'] })) {
        if (event.type === 'cohost:changed' && event.cohost && !settled.has(event.userId)) cohosts.add(event.userId)
        settled.add(event.userId)
      }
      return cohosts
    },

    /** How a show ended, by its log; undefined when it has not. */
    async findEnd(showId: string): Promise<{ reason: EndReason; at: number } | undefined> {
      const { value } = await newest(showId, { types: ['show:ended'] }).next()
      return value && { reason: value.event.reason, at: value.at }
    },

    /** What happened to a person, and what they did to others, whose names are left out. */
    async *export(userId: string): AsyncGenerator<object> {
      for await (const { showId, at, event } of events.find({ 'event.userId': userId })) yield { showId, at, event }
      const actions = events.find({ 'event.by': userId, 'event.userId': { $ne: userId } })
      for await (const { showId, at, event } of actions) yield { showId, at, did: event.type }
    },

    /**
     * Takes a person's name, picture and words out of stored events. The events stay, with an id that leads nowhere.
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
