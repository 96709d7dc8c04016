import { setTimeout as pause } from 'node:timers/promises'
import { CodedError } from '../../contract/errors.ts'
import type { ServerRoomState } from '../room/server-room-state.ts'
import { applyAndAnnounce, type RoomAnnouncer } from '../rooms/room-announcer.ts'
import type { RoomStore } from '../rooms/room-store.ts'

/** A home stores its records in well under this time, or its commands are answered UNAVAILABLE. */
const maxAttempts = 50
const retryMs = 100

export interface CatchUpParts {
  showId: string
  /** The state after the record `seq`. */
  state: ServerRoomState
  seq: number
  /** The last record to take, which the home may not have stored yet; null: all that are stored. */
  lastSeq: number | null
  log: Pick<RoomStore['log'], 'read'>
  announcer: RoomAnnouncer
}

/**
 * Reads the records that a follower missed, and announces them to its members in order. Returns the state after them
 * and the place of the last.
 * Throws UNAVAILABLE when they are not stored in time.
 */
export async function catchUp(parts: CatchUpParts): Promise<Pick<CatchUpParts, 'state' | 'seq'>> {
  const { showId, lastSeq, log, announcer } = parts
  let { state, seq } = parts
  const endSeq = lastSeq ?? Infinity
  for (let attempt = 0; seq < endSeq; attempt++) {
    if (attempt === maxAttempts) throw new CodedError('UNAVAILABLE', 'The log of the show is not complete yet.')
    if (attempt > 0) await pause(retryMs)
    for await (const record of log.read(showId, seq)) {
      if (record.seq > endSeq) break
      if (record.event.type !== 'home:taken') state = applyAndAnnounce(state, record.event, record.at, announcer)
      seq = record.seq
    }
    if (lastSeq === null) break
  }
  return { state, seq }
}
