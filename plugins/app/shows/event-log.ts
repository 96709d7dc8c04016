import type { RoomRecord } from '../../../contract/room-events.ts'
import { RecordConflict } from '../../external/records/record-store.ts'
import type { EventTables, RoomSnapshot } from './event-tables.ts'
import { firstOf } from './first-of.ts'
import {
  isDoneToPerson,
  logRecordsOf,
  type LogObserver,
  type LoggedCommand,
  type LogRecord,
  type ShowEventDocument,
  type StoredRecord
} from './log-records.ts'
import { createSettledReader, type OnGap } from './settled-records.ts'

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

/** Writes to the log of one show, as its home since one fence record. */
export interface LogWriter {
  /** `seq` of the fence record. The next record has `token + 1`. */
  readonly token: number
  /**
   * Appends the records of one command in order. May be repeated after a doubtful answer: records that this writer has
   * stored already stay. Throws LogConflict when another writer took one of the slots; then this writer must not write
   * any more.
   */
  append(records: readonly RoomRecord[], command?: LoggedCommand): Promise<void>
  /**
   * Checks that no other home has taken the log. `seq` is the place of the next record, and everything before it is
   * stored. Throws LogConflict.
   */
  assertFree(seq: number): Promise<void>
  /**
   * Stores the state after a record that is appended already; replaces an earlier one. Throws LogConflict when a later
   * home has stored one.
   */
  storeSnapshot(snapshot: RoomSnapshot): Promise<void>
}

export type EventLog = ReturnType<typeof createEventLog>

/** The ordered log of each show's room events, from which a room can be restored. A slot has one writer. */
export function createEventLog({ events, snapshots, onGap = () => {} }: EventTables & { onGap?: OnGap }) {
  const readSettled = createSettledReader(onGap)
  let observer: LogObserver | undefined
  const slotOf = (showId: string, seq: number) => `${showId}:${seq}`

  function documentOf(showId: string, record: LogRecord): ShowEventDocument {
    const { event, seq } = record
    const isDecision = event.type !== 'home:taken' && isDoneToPerson(event)
    return { _id: slotOf(showId, seq), showId, ...record, ...(isDecision && { decidedIn: showId }) }
  }

  /** Returns the last record of a log. */
  async function findTail(showId: string): Promise<{ seq: number; token: number } | undefined> {
    const last = await firstOf(events.list('place', [showId], { reverse: true, limit: 1 }))
    return last ? { seq: last.seq, token: last.token ?? 0 } : undefined
  }

  /** Returns the records of one writer that are not stored yet. Throws LogConflict when another one has a slot. */
  async function notStored(showId: string, records: readonly LogRecord[]): Promise<LogRecord[]> {
    const tokens = new Map(records.map(({ seq, token }) => [seq, token]))
    const slots = await events.findMany(records.map(({ seq }) => [showId, seq]))
    const foreign = slots.filter(({ seq, token }) => token !== tokens.get(seq)).map(({ seq }) => seq)
    if (foreign.length > 0) throw new LogConflict(showId, Math.min(...foreign))
    const stored = new Set(slots.map(({ seq }) => seq))
    return records.filter(({ seq }) => !stored.has(seq))
  }

  /** Stores records of one writer in order, up to the first slot of another one. Throws LogConflict there. */
  async function insert(showId: string, records: readonly LogRecord[]): Promise<void> {
    let missing = records
    while (missing.length > 0) {
      try {
        await events.append(missing.map(record => documentOf(showId, record)))
        break
      } catch (error) {
        if (!(error instanceof RecordConflict)) throw error
        missing = await notStored(showId, missing)
      }
    }
    observer?.onStored(showId)
  }

  function openWriter(showId: string, token: number): LogWriter {
    return {
      token,
      append: async (records, command) => await insert(showId, logRecordsOf(records, token, command)),

      async assertFree(seq) {
        const slot = await events.find('place', [showId, seq])
        if (slot && slot.token !== token) throw new LogConflict(showId, seq)
      },

      async storeSnapshot(snapshot) {
        try {
          await snapshots.put({ _id: showId, ...snapshot, token }, { unlessGreater: 'token' })
        } catch (error) {
          throw error instanceof RecordConflict ? new LogConflict(showId, snapshot.seq) : error
        }
      }
    }
  }

  return {
    /** Binds what follows the records of all shows. */
    bindObserver(bound: LogObserver): void {
      observer = bound
    },

    /**
     * Makes a node the home of a show: appends a fence record behind everything that is stored, at `afterSeq + 1` or
     * later. From then on an earlier home can store nothing. Its caller must have read the log up to the returned
     * token before it uses the state. `at` is the time, ms since the epoch.
     */
    async take(showId: string, nodeId: string, afterSeq: number, at: number): Promise<LogWriter> {
      await observer?.beforeTake(showId)
      for (let seq = afterSeq + 1; ;) {
        try {
          await events.append([documentOf(showId, { seq, at, event: { type: 'home:taken', nodeId }, token: seq })])
          observer?.onStored(showId)
          return openWriter(showId, seq)
        } catch (error) {
          if (!(error instanceof RecordConflict)) throw error
          seq = ((await findTail(showId))?.seq ?? 0) + 1
        }
      }
    },

    /**
     * Stores the records of a lost home that reached other nodes and not the log. Takes those of the log's last writer
     * that continue the log without a hole, and stops where another home has taken it. `records` are in order. Returns
     * the place of the last record that it found stored or has stored; 0 for an empty log.
     */
    async recover(showId: string, records: readonly LogRecord[]): Promise<number> {
      const tail = await findTail(showId)
      if (!tail) return 0
      const missing: LogRecord[] = []
      for (const record of records) {
        if (record.token === tail.token && record.seq === tail.seq + missing.length + 1) missing.push(record)
      }
      try {
        await insert(showId, missing)
      } catch (error) {
        if (!(error instanceof LogConflict)) throw error
        return error.seq - 1
      }
      return tail.seq + missing.length
    },

    /**
     * Returns the causes of the commands that are completely in the log up to `uptoSeq`, and that were carried out
     * since `sinceMs`, ms since the epoch.
     */
    async recentCauses(showId: string, sinceMs: number, uptoSeq: number): Promise<Set<string>> {
      const causes = new Set<string>()
      const newestFirst = events.list('place', [showId], { before: [uptoSeq + 1], reverse: true, readAhead: 500 })
      for await (const { at, cause, last, event } of newestFirst) {
        // The clock of a node that took the home may differ.
        if (at < sinceMs && event.type !== 'home:taken') break
        if (last === true && cause !== undefined) causes.add(cause)
      }
      return causes
    },

    /** Yields the records after `afterSeq`, in order, fence records too: all of them, or `limit` at most. */
    async *read(showId: string, afterSeq: number, limit?: number): AsyncGenerator<StoredRecord> {
      const records = readSettled({ showId, afterSeq, limit }, (after, max) =>
        events.list('place', [showId], { after: [after], limit: max })
      )
      for await (const { seq, at, event, token } of records) {
        yield { seq, at, event, ...(token !== undefined && { token }) }
      }
    },

    /** Returns the place of the last record; 0 for an empty log. */
    findTailSeq: async (showId: string): Promise<number> => (await findTail(showId))?.seq ?? 0,

    /** Returns the newest snapshot of a room; null when it has none. */
    findSnapshot: async (showId: string): Promise<RoomSnapshot | null> => await snapshots.find('place', [showId]),

    /** Removes the snapshot of an ended room, which is not needed any more. */
    async removeSnapshot(showId: string): Promise<void> {
      await snapshots.remove('place', [showId])
    },

    /** Removes the snapshots that hold a person's name or picture; their rooms are read from the log alone. */
    async removeSnapshotsOf(userId: string): Promise<void> {
      await snapshots.remove('byPerson', [userId])
    },

    /** Removes the log of a show. */
    async removeOfShow(showId: string): Promise<void> {
      await snapshots.remove('place', [showId])
      await events.remove('place', [showId])
    }
  }
}
