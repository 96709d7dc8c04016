import type { Page } from '../../contract/paging.ts'
import type { PlayerToken, SpotifyPlaylist, SpotifyTrack } from '../../contract/spotify.ts'
import type { AuthorizedRequest } from '../request.ts'
import { queryOf, type PageOf } from './query.ts'

/** What the caller has at Spotify. All throw SPOTIFY_OFF, SPOTIFY_NOT_LINKED, SPOTIFY_RELINK, RATE_LIMITED and UNAVAILABLE. */
export function createSpotifyApi(request: AuthorizedRequest) {
  return {
    playlists: async (page: PageOf = {}) =>
      await request<Page<SpotifyPlaylist>>('GET', `/spotify/playlists${queryOf(page)}`),
    /** The tracks of a playlist; what is no track is left out. */
    items: async (playlistId: string, page: PageOf = {}) =>
      await request<Page<SpotifyTrack>>('GET', `/spotify/playlists/${playlistId}/items${queryOf(page)}`),
    /** Tracks by words, 1–100 characters; ten at a time. */
    search: async (search: PageOf & { q: string }) =>
      await request<Page<SpotifyTrack>>('GET', `/spotify/search${queryOf(search)}`),
    /** For Spotify's own player; FORBIDDEN where the operator or the person has not turned it on. */
    playerToken: async () => await request<PlayerToken>('GET', '/spotify/player-token')
  }
}
