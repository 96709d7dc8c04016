import fp from 'fastify-plugin'
import { MongoBulkWriteError, type Db } from 'mongodb'
import type { QueueEvent, RoomEvent } from '../../contract/room-events.ts'

declare module 'fastify' {
  interface FastifyInstance { showEvents: ShowEvents }
}

/** One event of a live room: `seq` is its place in the room's history, `at` ms since the epoch. */
export interface ShowEventRecord { seq: number, at: number, event: RoomEvent | QueueEvent }

interface ShowEventDocument extends ShowEventRecord { _id: string, showId: string }

const duplicateKey = 11000

export type ShowEvents = Awaited<ReturnType<typeof createShowEvents>>

/** What happened in live rooms, in order: enough to bring a room back as it was. */
export async function createShowEvents (db: Db) {
  const events = db.collection<ShowEventDocument>('showEvents')
  await events.createIndex({ showId: 1, seq: 1 }, { unique: true })

  return {
    /** Stores events. Repeating it after a doubtful answer is right: what is there already stays. */
    async append (showId: string, records: readonly ShowEventRecord[]): Promise<void> {
      const documents = records.map(record => ({ _id: `${showId}:${record.seq}`, showId, ...record }))
      try {
        await events.insertMany(documents, { ordered: false })
      } catch (error) {
        if (!onlyRepeats(error)) throw error
      }
    },

    /** A room's events from the first on. */
    async * read (showId: string): AsyncGenerator<ShowEventRecord> {
      for await (const { seq, at, event } of events.find({ showId }).sort({ seq: 1 })) yield { seq, at, event }
    }
  }
}

function onlyRepeats (error: unknown): boolean {
  if (!(error instanceof MongoBulkWriteError)) return false
  return [error.writeErrors].flat().every(({ code }) => code === duplicateKey)
}

export default fp(async app => {
  app.decorate('showEvents', await createShowEvents(app.db))
}, { name: 'show-events', dependencies: ['mongodb'] })
