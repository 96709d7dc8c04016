import { randomUUID } from 'node:crypto'
import type { Collection, Db } from 'mongodb'
import type { RoomRecord } from '../../../contract/room-events.ts'
import { onlyRepeats } from '../documents/only-repeats.ts'
import { deleteInSlices } from '../documents/slices.ts'

/** A record of a show's log, in the collection `showEvents`. */
export interface ShowEventDocument extends RoomRecord {
  /** `showId:seq`: a slot of the log. */
  _id: string
  showId: string
  /** The opening of the room that wrote the record; missing in records of the first edition. */
  writer?: string
  /**
   * The show's id, if a host or the server did this to a person: the decisions of a show are found by it, without
   * reading what people did themselves.
   */
  decidedIn?: string
}

/** The state of a room after the record `seq`, in the collection `showSnapshots`. */
export interface ShowSnapshotDocument extends RoomSnapshot {
  /** The show's id. */
  _id: string
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

/** Another writer took a slot of the log: this room may not write any more. */
export class LogConflict extends Error {
  readonly showId: string
  readonly seq: number

  constructor(showId: string, seq: number) {
    super(`another writer took slot ${seq} of the log of show ${showId}`)
    this.name = 'LogConflict'
    this.showId = showId
    this.seq = seq
  }
}

/** Whether a host or the server did this to a person. Co-hosts are named and dismissed by the creator only. */
export function isDoneToPerson(event: RoomRecord['event']): boolean {
  return event.type === 'cohost:changed' || ('by' in event && event.by !== event.userId)
}

/** Writes to the log of one show, from one opening of its room. */
export interface LogWriter {
  /**
   * Appends records in order. May be repeated after a doubtful answer: records that this writer has stored already
   * stay. Throws LogConflict when another writer took one of the slots; then this writer must not write any more.
   */
  append(records: readonly RoomRecord[]): Promise<void>
  /** Stores the state after a record that is appended already; replaces an earlier one. */
  storeSnapshot(snapshot: RoomSnapshot): Promise<void>
}

export type EventLog = ReturnType<typeof createEventLog>

/** The ordered log of each show's room events, from which a room can be restored. A slot has one writer. */
export function createEventLog({
  events,
  snapshots
}: {
  events: Collection<ShowEventDocument>
  snapshots: Collection<ShowSnapshotDocument>
}) {
  /** Returns the documents that are not stored yet. Throws LogConflict. */
  async function notStored(showId: string, writer: string, documents: readonly ShowEventDocument[]) {
    const slots = await events
      .find({ _id: { $in: documents.map(({ _id }) => _id) } }, { projection: { seq: 1, writer: 1 } })
      .toArray()
    const foreign = slots.filter(slot => slot.writer !== writer).map(({ seq }) => seq)
    if (foreign.length > 0) throw new LogConflict(showId, Math.min(...foreign))
    const stored = new Set(slots.map(({ _id }) => _id))
    return documents.filter(({ _id }) => !stored.has(_id))
  }

  return {
    /** Opens a writer for one opening of a show's room. */
    openWriter(showId: string): LogWriter {
      const writer = randomUUID()
      return {
        async append(records) {
          let documents: ShowEventDocument[] = records.map(record => ({
            _id: `${showId}:${record.seq}`,
            showId,
            ...record,
            writer,
            ...(isDoneToPerson(record.event) && { decidedIn: showId })
          }))
          while (documents.length > 0) {
            try {
              await events.insertMany(documents, { ordered: true })
              return
            } catch (error) {
              if (!onlyRepeats(error)) throw error
              documents = await notStored(showId, writer, documents)
            }
          }
        },

        async storeSnapshot(snapshot) {
          await snapshots.replaceOne({ _id: showId }, snapshot, { upsert: true })
        }
      }
    },

    /** Yields the records after `afterSeq`, in order. */
    async *read(showId: string, afterSeq: number): AsyncGenerator<RoomRecord> {
      const records = events.find({ showId, seq: { $gt: afterSeq } }).sort({ seq: 1 })
      for await (const { seq, at, event } of records) yield { seq, at, event }
    },

    /** Returns the newest snapshot of a room; null when it has none. */
    findSnapshot: async (showId: string): Promise<RoomSnapshot | null> => await snapshots.findOne({ _id: showId }),

    /** Removes the snapshot of an ended room, which is not needed any more. */
    async removeSnapshot(showId: string): Promise<void> {
      await snapshots.deleteOne({ _id: showId })
    },

    /** Removes the snapshots that hold a person's name or picture; their rooms are read from the log alone. */
    async removeSnapshotsOf(userId: string): Promise<void> {
      await deleteInSlices(snapshots, { userIds: userId })
    },

    /** Removes the log of a show. */
    async removeOfShow(showId: string): Promise<void> {
      await snapshots.deleteOne({ _id: showId })
      await deleteInSlices(events, { showId })
    }
  }
}
