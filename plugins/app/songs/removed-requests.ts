import { CodedError, type ErrorCode } from '../../../contract/errors.ts'
import type { LiveShows } from '../shows/live-shows.ts'
import type { SongRemovedListener } from './songs.ts'

/** Errors of a show that has ended meanwhile. */
const nothingToWithdraw: ReadonlySet<ErrorCode> = new Set(['SHOW_NOT_LIVE', 'SHOW_ENDED'])

export interface RemovedRequestsParts {
  /** Returns the id of the creator's live show. */
  findLiveShowId(creatorId: string): Promise<string | undefined>
  liveShows: Pick<LiveShows, 'songRemoved' | 'findShowOf'>
}

/** Takes a song that its owner deletes out of the song requests of their live show. */
export function withdrawRequests({ findLiveShowId, liveShows }: RemovedRequestsParts): SongRemovedListener {
  return async (songId, ownerId) => {
    const showId = liveShows.findShowOf(ownerId) ?? (await findLiveShowId(ownerId))
    if (showId === undefined) return
    try {
      await liveShows.songRemoved(showId, songId)
    } catch (error) {
      if (!(error instanceof CodedError && nothingToWithdraw.has(error.code))) throw error
    }
  }
}
