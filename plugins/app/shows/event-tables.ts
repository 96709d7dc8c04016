import type { RecordKind, RecordStore, RecordTable } from '../../external/records/record-store.ts'
import type { ShowEventDocument } from './log-records.ts'

/** The records of the logs of shows. */
export const showEventsKind = {
  name: 'showEvents',
  place: { partition: 'showId', order: ['seq'] },
  indexes: {
    byType: { partition: 'showId', order: ['event.type', 'seq'] },
    byDecision: { partition: 'decidedIn', order: ['seq'] },
    byPerson: { partition: 'event.userId', order: ['event.type', 'showId', 'seq'] },
    ofPerson: { partition: 'event.userId', order: [] },
    byActor: { partition: 'event.by', order: [] }
  }
} as const satisfies RecordKind

/** The newest state of each room. */
export const showSnapshotsKind = {
  name: 'showSnapshots',
  place: { partition: '_id', order: [] },
  indexes: { byPerson: { partition: 'userIds', order: [] } }
} as const satisfies RecordKind

/** The state of a room after the record `seq`. */
export interface ShowSnapshotDocument extends RoomSnapshot {
  /** The show's id. */
  _id: string
  /** The writer that stored it; missing in snapshots of earlier builds. */
  token?: number
}

export type ShowEventTable = RecordTable<ShowEventDocument, keyof (typeof showEventsKind)['indexes']>
export type ShowSnapshotTable = RecordTable<ShowSnapshotDocument, keyof (typeof showSnapshotsKind)['indexes']>

export interface EventTables {
  events: ShowEventTable
  snapshots: ShowSnapshotTable
}

/** Opens the kinds of the log. */
export async function openEventTables(records: RecordStore): Promise<EventTables> {
  return { events: await records.open(showEventsKind), snapshots: await records.open(showSnapshotsKind) }
}

/** The state of a room after the record `seq`. Its room reads it; the log does not. */
export interface RoomSnapshot {
  seq: number
  /** Everybody whose name or picture is in `state`. */
  userIds: string[]
  state: Record<string, unknown>
}
