import { CodedError, type ErrorCode } from '../../../contract/errors.ts'
import type { BlockListener } from '../people/blocks.ts'
import type { LiveShows } from './live-shows.ts'

/** Errors of a show in which the blocked person is not present, or which has ended meanwhile. */
const nothingToRemove: ReadonlySet<ErrorCode> = new Set(['NOT_FOUND', 'SHOW_NOT_LIVE', 'SHOW_ENDED'])

export interface BlockedPersonParts {
  /** Returns the id of the creator's live show. */
  findLiveShowId(creatorId: string): Promise<string | undefined>
  liveShows: Pick<LiveShows, 'command' | 'findShowOf'>
}

/**
 * Removes a blocked person from the blocker's live show, whether they are connected or about to reconnect. The person
 * leaves an open room at once, also while the store is unavailable.
 */
export function removeBlockedPerson({ findLiveShowId, liveShows }: BlockedPersonParts): BlockListener {
  return async (blockerId, blockedId) => {
    const showId = liveShows.findShowOf(blockerId) ?? (await findLiveShowId(blockerId))
    if (showId === undefined) return
    try {
      await liveShows.command(
        showId,
        { kind: 'user', userId: blockerId },
        { type: 'member:remove', userId: blockedId, ban: false }
      )
    } catch (error) {
      if (!(error instanceof CodedError && nothingToRemove.has(error.code))) throw error
    }
  }
}
