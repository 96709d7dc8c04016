import { CodedError } from '../../contract/errors.ts'
import type { Refusal } from '../room/rules/rule.ts'
import type { RoomStore } from './room-store.ts'

/** The error with which a refused command is answered. */
export function refused({ code, message, retryAfterMs }: Refusal): CodedError {
  return new CodedError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs })
}

/** Returns what throws the reason why a show has no room: NOT_FOUND, SHOW_NOT_LIVE or SHOW_ENDED. */
export function createRefusal(shows: Pick<RoomStore['shows'], 'findRecord'>): (showId: string) => Promise<never> {
  return async showId => {
    const show = await shows.findRecord(showId)
    if (!show) throw new CodedError('NOT_FOUND', 'There is no such show.')
    if (show.status === 'ended') throw new CodedError('SHOW_ENDED', 'The show has ended.')
    throw new CodedError('SHOW_NOT_LIVE', 'The show is not live yet.')
  }
}
