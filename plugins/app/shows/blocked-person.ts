import { CodedError, type ErrorCode } from '../../../contract/errors.ts'
import type { BlockListener } from '../people/blocks.ts'
import type { LiveShows } from './live-shows.ts'
import type { Shows } from './shows.ts'

/** Errors of a show in which the blocked person is not present, or which has ended meanwhile. */
const nothingToRemove: ReadonlySet<ErrorCode> = new Set(['NOT_FOUND', 'SHOW_NOT_LIVE', 'SHOW_ENDED'])

export interface BlockedPersonParts {
  shows: Pick<Shows, 'list'>
  liveShows: Pick<LiveShows, 'command'>
}

/** Removes a blocked person from the blocker's live show, whether they are connected or about to reconnect. */
export function removeBlockedPerson({ shows, liveShows }: BlockedPersonParts): BlockListener {
  return async (blockerId, blockedId) => {
    const {
      items: [show]
    } = await shows.list({ limit: 1, status: 'live', creatorId: blockerId }, blockerId)
    if (!show) return
    try {
      await liveShows.command(
        show.id,
        { kind: 'user', userId: blockerId },
        { type: 'member:remove', userId: blockedId, ban: false }
      )
    } catch (error) {
      if (!(error instanceof CodedError && nothingToRemove.has(error.code))) throw error
    }
  }
}
