import { CodedError } from '../../../contract/errors.ts'
import type { Page } from '../../../contract/paging.ts'
import type { RequestableSong } from '../../../contract/song-requests.ts'
import type { SongsQuery } from '../../../contract/songs.ts'
import type { LiveShows } from '../shows/live-shows.ts'
import type { ShowGuard } from '../shows/show-guard.ts'
import type { Songs } from './songs.ts'

export interface RequestableSongsParts {
  songs: Pick<Songs, 'listRequestable'>
  showGuard: Pick<ShowGuard, 'authorize'>
  liveShows: Pick<LiveShows, 'findPlace'>
}

export type RequestableSongs = ReturnType<typeof createRequestableSongs>

/** Tells the people in a live show which songs of its creator they may request. */
export function createRequestableSongs({ songs, showGuard, liveShows }: RequestableSongsParts) {
  return {
    /**
     * Returns a page of the creator's songs that are ready, newest first. Throws NOT_FOUND, SHOW_NOT_LIVE, SHOW_ENDED,
     * NOT_IN_SHOW, FORBIDDEN (song requests are closed), VALIDATION (invalid cursor), UNAVAILABLE.
     */
    async page(showId: string, callerId: string, query: SongsQuery): Promise<Page<RequestableSong>> {
      const { status, creatorId, settings } = await showGuard.authorize('see', showId, callerId)
      const place = await liveShows.findPlace(showId, callerId)
      if (place === undefined && status === 'ended') throw new CodedError('SHOW_ENDED', 'The show has ended.')
      if (place === undefined) throw new CodedError('SHOW_NOT_LIVE', 'The show is not live.')
      if (place === 'outside') throw new CodedError('NOT_IN_SHOW', 'Join the show to request songs.')
      if (settings.songRequests !== 'open') {
        throw new CodedError('FORBIDDEN', 'The creator takes no song requests now.')
      }
      return await songs.listRequestable(creatorId, query)
    }
  }
}
