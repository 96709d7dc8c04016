import type { Playlist, PlaylistEdit } from '../../contract/playlist.ts'
import type { AuthorizedRequest } from '../request.ts'

/** Creates the requests about the playlists of shows. */
export function createPlaylistsApi(request: AuthorizedRequest) {
  return {
    /** Returns the playlist, for everyone who may see the show. */
    get: async (showId: string) => await request<Playlist>('GET', `/shows/${showId}/playlist`),
    /**
     * Replaces the whole playlist, for hosts. Send items that stay with their id. Throws CONFLICT when the version is
     * stale.
     */
    put: async (showId: string, edit: PlaylistEdit) => await request<Playlist>('PUT', `/shows/${showId}/playlist`, edit)
  }
}
