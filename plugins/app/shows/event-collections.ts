import type { Db } from 'mongodb'
import type { ShowEventDocument } from './log-records.ts'

/** The state of a room after the record `seq`, in the collection `showSnapshots`. */
export interface ShowSnapshotDocument extends RoomSnapshot {
  /** The show's id. */
  _id: string
  /** The writer that stored it; missing in snapshots of earlier builds. */
  token?: number
}

/** Opens the collections of the log and creates their indexes. */
export async function openEventCollections(db: Db) {
  const events = db.collection<ShowEventDocument>('showEvents')
  await events.createIndex({ showId: 1, seq: 1 }, { unique: true })
  await events.createIndex({ showId: 1, 'event.type': 1, seq: -1 })
  await events.createIndex({ decidedIn: 1, seq: -1 }, { sparse: true })
  await events.createIndex({ 'event.userId': 1, 'event.type': 1, showId: 1, seq: -1 })
  await events.createIndex({ 'event.by': 1 }, { sparse: true })
  const snapshots = db.collection<ShowSnapshotDocument>('showSnapshots')
  await snapshots.createIndex({ userIds: 1 })
  return { events, snapshots }
}

/** The state of a room after the record `seq`. Its room reads it; the log does not. */
export interface RoomSnapshot {
  seq: number
  /** Everybody whose name or picture is in `state`. */
  userIds: string[]
  state: Record<string, unknown>
}
