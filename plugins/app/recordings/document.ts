import type { Db } from 'mongodb'
import type { StoredStint } from './stored-recordings.ts'

/** A place of a stint's audio on the server's clock: at `samples` from its beginning, the clock showed `atMs`. */
export type ClockMark = StoredStint['marks'][number]

/**
 * `writing`: its bytes are in the spool of a server. `stored`: they are in the storage. `leaving`: it is being removed.
 */
export type StintState = 'writing' | 'stored' | 'leaving'

/** A recorded stint of a speaker, in the collection `recordings`. */
export interface StintDocument {
  _id: string
  showId: string
  /** The speaker. */
  userId: string
  state: StintState
  startedAt: Date
  /** Zero until it is stored, as the size. */
  durationMs: number
  sizeBytes: number
  /** Empty until it is stored. */
  marks: ClockMark[]
}

/** A show with a recording, in the collection `recordedShows`. */
export interface RecordedShowDocument {
  _id: string
  creatorId: string
  /**
   * Bytes that count against the creator's space, by stint: more than it has while it is written. `replay` are those of
   * the mixed audio.
   */
  held: Record<string, number>
  /** Number of changes of the stored stints, for conditional updates. */
  changes: number
  /** Listeners have not followed the last change. */
  hasUntoldChange?: true
  /** Time from which another server may tell the listeners. */
  tellAt?: Date
  /** Set once the show has ended and its stints are stored, or have been waited for. */
  endedAt?: Date
}

/** Returns the storage key of a stint's audio. */
export const audioKey = ({ id, showId }: Pick<StoredStint, 'id' | 'showId'>) => `${folderOf(showId)}${id}.opus.ogg`

/** Storage prefix of all stints of a show. */
export const folderOf = (showId: string) => `recordings/${showId}/`

export type RecordingTables = Awaited<ReturnType<typeof openRecordings>>

/** Opens the collections `recordings` and `recordedShows`, and creates their indexes. */
export async function openRecordings(db: Db) {
  const stints = db.collection<StintDocument>('recordings')
  await stints.createIndex({ showId: 1, startedAt: 1 })
  await stints.createIndex({ userId: 1, startedAt: 1 })
  await stints.createIndex({ state: 1, startedAt: 1 })
  const shows = db.collection<RecordedShowDocument>('recordedShows')
  await shows.createIndex({ creatorId: 1 })
  await shows.createIndex({ hasUntoldChange: 1 }, { sparse: true })
  await shows.createIndex({ endedAt: 1 }, { sparse: true })
  return { stints, shows }
}

/** Returns a stored stint as replays and transcripts read it. */
export function toStoredStint(document: StintDocument): StoredStint {
  const { _id, showId, userId, startedAt, durationMs, sizeBytes, marks } = document
  return { id: _id, showId, userId, startedAtMs: startedAt.getTime(), durationMs, sizeBytes, marks }
}
