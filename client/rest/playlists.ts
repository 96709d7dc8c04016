import type { Playlist, PlaylistEdit } from '../../contract/playlist.ts'
import type { AuthorizedRequest } from '../request.ts'

/** What shows have prepared to play. */
export function createPlaylistsApi(request: AuthorizedRequest) {
  return {
    /** For who may see the show. */
    get: async (showId: string) => await request<Playlist>('GET', `/shows/${showId}/playlist`),
    /** The whole list, for the creator and co-hosts; items that stay are sent with their id. CONFLICT for a stale version. */
    put: async (showId: string, edit: PlaylistEdit) => await request<Playlist>('PUT', `/shows/${showId}/playlist`, edit)
  }
}
