import fp from 'fastify-plugin'
import type { Db } from 'mongodb'
import type { QueueEvent, RoomEvent } from '../../../contract/room-events.ts'
import { onlyRepeats } from '../documents/only-repeats.ts'
import { somebody } from './somebody.ts'

declare module 'fastify' {
  interface FastifyInstance {
    showEvents: ShowEvents
  }
}

/** One event of a live room: `seq` is its place in the room's history, `at` ms since the epoch. */
export interface ShowEventRecord {
  seq: number
  at: number
  event: RoomEvent | QueueEvent
}

type EventType = ShowEventRecord['event']['type']
type EventOf<T extends EventType> = Extract<ShowEventRecord['event'], { type: T }>

/** Which of a show's events to read: newest first, those before `beforeSeq`. */
interface EventQuery<T extends EventType> {
  types: readonly T[]
  beforeSeq?: number | undefined
}

interface ShowEventDocument extends ShowEventRecord {
  _id: string
  showId: string
}

export type ShowEvents = Awaited<ReturnType<typeof createShowEvents>>

/** What happened in live rooms, in order: enough to bring a room back as it was. */
export async function createShowEvents(db: Db) {
  const events = db.collection<ShowEventDocument>('showEvents')
  await events.createIndex({ showId: 1, seq: 1 }, { unique: true })
  await events.createIndex({ showId: 1, 'event.type': 1, seq: -1 })
  await events.createIndex({ 'event.userId': 1 }, { sparse: true })
  await events.createIndex({ 'event.by': 1 }, { sparse: true })

  async function* newest<T extends EventType>(
    showId: string,
    { types, beforeSeq }: EventQuery<T>
  ): AsyncGenerator<{ seq: number; at: number; event: EventOf<T> }> {
    const wanted: ReadonlySet<string> = new Set(types)
    const isOurs = (event: ShowEventRecord['event']): event is EventOf<T> => wanted.has(event.type)
    const filter = {
      showId,
      'event.type': { $in: [...types] },
      ...(beforeSeq !== undefined && { seq: { $lt: beforeSeq } })
    }
    for await (const { seq, at, event } of events.find(filter).sort({ seq: -1 })) {
      if (isOurs(event)) yield { seq, at, event }
    }
  }

  return {
    newest,

    /** Who hosts beside the creator, by what is stored: in a show that has ended, who did at its end. */
    async cohostIds(showId: string): Promise<Set<string>> {
      const settled = new Set<string>()
      const cohosts = new Set<string>()
      for await (const { event } of newest(showId, { types: ['cohost:changed', 'member:removed'] })) {
        if (event.type === 'cohost:changed' && event.cohost && !settled.has(event.userId)) cohosts.add(event.userId)
        settled.add(event.userId)
      }
      return cohosts
    },

    /** What happened to a person, and what they did about others, whose names are left out. */
    async *heldAbout(userId: string): AsyncGenerator<object> {
      for await (const { showId, at, event } of events.find({ 'event.userId': userId })) yield { showId, at, event }
      for await (const { showId, at, event } of events.find({ 'event.by': userId, 'event.userId': { $ne: userId } })) {
        yield { showId, at, did: event.type }
      }
    },

    /** Takes name, picture and words of a person out of what happened; that it happened stays, to somebody with an id that leads nowhere. */
    async anonymise(userId: string): Promise<void> {
      const { displayName, avatarUrl } = somebody(userId)
      await events.updateMany(
        { 'event.userId': userId, 'event.displayName': { $exists: true } },
        { $set: { 'event.displayName': displayName, 'event.avatarUrl': avatarUrl } }
      )
      await events.updateMany(
        { 'event.userId': userId, 'event.reason': { $exists: true }, 'event.type': 'speak:requested' },
        { $set: { 'event.reason': '' } }
      )
    },

    /** Removes all that happened in a show. */
    async removeOfShow(showId: string): Promise<void> {
      await events.deleteMany({ showId })
    },

    /** Stores events. Repeating it after a doubtful answer is right: what is there already stays. */
    async append(showId: string, records: readonly ShowEventRecord[]): Promise<void> {
      const documents = records.map(record => ({ _id: `${showId}:${record.seq}`, showId, ...record }))
      try {
        await events.insertMany(documents, { ordered: false })
      } catch (error) {
        if (!onlyRepeats(error)) throw error
      }
    },

    /** A room's events from the first on. */
    async *read(showId: string): AsyncGenerator<ShowEventRecord> {
      for await (const { seq, at, event } of events.find({ showId }).sort({ seq: 1 })) yield { seq, at, event }
    }
  }
}

export default fp(
  async app => {
    const showEvents = await createShowEvents(app.db)
    app.decorate('showEvents', showEvents)
    app.showData.register('showEvents', showEvents.removeOfShow)
    app.personalData.register('showEvents', { export: showEvents.heldAbout, erase: showEvents.anonymise })
  },
  { name: 'show-events', dependencies: ['mongodb', 'privacy', 'show-data'] }
)
