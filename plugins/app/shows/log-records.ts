import type { RoomRecord } from '../../../contract/room-events.ts'

/**
 * The event of a fence record: the node has become the home of the show. It has a place in the log only. Rooms do not
 * apply it, and no client receives it.
 */
export interface HomeTaken {
  readonly type: 'home:taken'
  readonly nodeId: string
}

/** A record of a show's log. Its place, `seq`, is a slot that has one writer. */
export interface LogRecord {
  readonly seq: number
  /** Time, ms since the epoch. */
  readonly at: number
  readonly event: RoomRecord['event'] | HomeTaken
  /**
   * The writer: `seq` of the fence record with which its node became the home. Tokens never fall along `seq`. Records
   * of earlier builds have none, which counts as 0.
   */
  readonly token: number
  /** Id of the forwarded command that led to the record. */
  readonly cause?: string
  /** True in the last record of a command with a cause: the whole command is in the log. */
  readonly last?: true
}

/** A record as it is read: those of earlier builds have no token. */
export type StoredRecord = Omit<LogRecord, 'token'> & Partial<Pick<LogRecord, 'token'>>

/** A record of a show's log, in the collection `showEvents`. */
export interface ShowEventDocument extends StoredRecord {
  /** `showId:seq`: a slot of the log. */
  _id: string
  showId: string
  /**
   * The show's id, if a host or the server did this to a person: the decisions of a show are found by it, without
   * reading what people did themselves.
   */
  decidedIn?: string
}

/** Follows the records that this node stores. */
export interface LogObserver {
  /** This node is about to become the home of a show. When it rejects, the node does not. */
  beforeTake(showId: string): Promise<void>
  /** The log of a show has new records. Must not throw. */
  onStored(showId: string): void
}

/** A forwarded command, for the records that it leads to. */
export interface LoggedCommand {
  readonly cause: string
}

/** Returns the log records of a command's events, which all have a place in the log. */
export function logRecordsOf(records: readonly RoomRecord[], token: number, command?: LoggedCommand): LogRecord[] {
  return records.map(({ seq, at, event }, index) => ({
    seq,
    at,
    event,
    token,
    ...(command && { cause: command.cause }),
    ...(command && index === records.length - 1 && { last: true as const })
  }))
}

/** Whether a host or the server did this to a person. Only the owner of the room names and dismisses co-hosts. */
export function isDoneToPerson(event: RoomRecord['event']): boolean {
  return event.type === 'cohost:changed' || ('by' in event && 'userId' in event && event.by !== event.userId)
}
