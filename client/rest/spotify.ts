import type { Page } from '../../contract/paging.ts'
import type { PlayerToken, SpotifyPlaylist, SpotifyTrack } from '../../contract/spotify.ts'
import type { AuthorizedRequest } from '../request.ts'
import { toQuery, type PageOptions } from './query.ts'

/**
 * Creates the requests to the user's Spotify account. All throw SPOTIFY_OFF, SPOTIFY_NOT_LINKED, SPOTIFY_RELINK,
 * RATE_LIMITED and UNAVAILABLE.
 */
export function createSpotifyApi(request: AuthorizedRequest) {
  return {
    playlists: async (page: PageOptions = {}) =>
      await request<Page<SpotifyPlaylist>>('GET', `/spotify/playlists${toQuery(page)}`),
    /** Returns the tracks of a playlist, without other items. */
    items: async (playlistId: string, page: PageOptions = {}) =>
      await request<Page<SpotifyTrack>>('GET', `/spotify/playlists/${playlistId}/items${toQuery(page)}`),
    /** Searches tracks by 1–100 characters. Returns ten per page. */
    search: async (search: PageOptions & { q: string }) =>
      await request<Page<SpotifyTrack>>('GET', `/spotify/search${toQuery(search)}`),
    /** Returns a token for Spotify's own player. Throws FORBIDDEN unless operator and user have turned it on. */
    playerToken: async () => await request<PlayerToken>('GET', '/spotify/player-token')
  }
}
