import type { FastifyBaseLogger } from 'fastify'
import type { Db } from 'mongodb'
import type { ObjectStorage } from '../../external/storage/object-storage.ts'
import type { Shows } from '../shows/shows.ts'
import { audioKey, openRecordings, toStoredStint } from './document.ts'
import { createRecordedShows } from './recorded-shows.ts'
import { createRemoval } from './removal.ts'
import type { StoredRecordings } from './stored-recordings.ts'

export interface RecordingsParts {
  db: Db
  storage: ObjectStorage
  shows: Pick<Shows, 'findRecord' | 'findStarted'>
  log: Pick<FastifyBaseLogger, 'error'>
  nowMs: () => number
}

/** The recordings of shows, with the parts that only the server itself uses. */
export interface Recordings extends StoredRecordings {
  /** Removes all that is stored about the recording of a show, without telling listeners. Safe to repeat. */
  removeOfShow(showId: string): Promise<void>
  /** Tells listeners of changes that they have not followed. Safe on several servers at once. */
  tellLeftChanges(): Promise<void>
  /** Finishes interrupted removals. */
  removeLeftovers(): Promise<void>
}

/** Opens the recordings of shows. */
export async function createRecordings({ db, storage, shows, log, nowMs }: RecordingsParts): Promise<Recordings> {
  const tables = await openRecordings(db)
  const removal = createRemoval({ tables, storage, abort: async () => {} })
  const recordedShows = createRecordedShows({
    tables,
    shows,
    log,
    nowMs,
    removeLeftOf: async id => await removal.removeShow(id)
  })

  return {
    isComplete: recordedShows.isComplete,
    onChanged: recordedShows.listen,
    tellLeftChanges: recordedShows.tellLeftChanges,
    removeOfShow: async showId => await removal.removeShow(showId),
    removeLeftovers: removal.removeLeftovers,

    async stintsOf(showId) {
      const found = await tables.stints.find({ showId, state: 'stored' }).sort({ startedAt: 1, _id: 1 }).toArray()
      return found.map(toStoredStint)
    },

    async read(stint) {
      return (await storage.get(audioKey(stint)))?.stream ?? null
    },

    async deleteOf(showId) {
      await removal.removeStintsOf(showId)
      await recordedShows.markChanged(showId)
      await recordedShows.tell(showId)
    }
  }
}
