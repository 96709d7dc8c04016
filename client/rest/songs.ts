import type { Page } from '../../contract/paging.ts'
import type { Song, SongPatch, SongSpace } from '../../contract/songs.ts'
import type { AuthorizedRequest } from '../request.ts'
import type { SongUpdateListener } from '../personal-connection.ts'
import type { AuthorizedUpload, UploadFile, UploadOptions } from '../upload.ts'
import { toQuery, type PageOptions } from './query.ts'

export interface SongsParts {
  request: AuthorizedRequest
  /** Origin of the server. */
  url: string
  upload: AuthorizedUpload
  /** Calls back with updates of the user's songs. Returns a function that stops that. */
  listen: (listener: SongUpdateListener) => () => void
}

/** Creates the requests about the user's own songs. Guests have none and get FORBIDDEN. */
export function createSongsApi({ request, url, upload, listen }: SongsParts) {
  const get = async (songId: string) => await request<Song>('GET', `/songs/${songId}`)
  return {
    /**
     * Returns songs, newest first. Each word of `q` is the beginning of a word in title, artist or album; up to 100
     * characters.
     */
    list: async (search: PageOptions & { q?: string } = {}) =>
      await request<Page<Song>>('GET', `/songs${toQuery(search)}`),
    get,
    /**
     * Changes title, artist, album, year or link. Null empties a field. The values count as typed by the owner: no
     * proposal replaces them unless a field is named. Throws VALIDATION, NOT_FOUND.
     */
    patch: async (songId: string, patch: SongPatch) => await request<Song>('PATCH', `/songs/${songId}`, patch),
    /** Returns the storage that the user's songs take, its limit, and the maximum size of an upload. */
    space: async () => await request<SongSpace>('GET', '/songs/space'),
    /**
     * Deletes a song for good. Playlists keep it as an unavailable item. Throws CONFLICT while a live show plays it.
     */
    delete: async (songId: string) => await request<null>('DELETE', `/songs/${songId}`),
    /**
     * Uploads an audio file. Returns a song with status `processing`; `onStatus` reports when it is ready. Throws
     * PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA, RATE_LIMITED, UNAVAILABLE, and the reason of the signal when it is aborted.
     */
    upload: async (file: UploadFile, options: UploadOptions = {}) =>
      await upload<Song>('POST', '/songs', file, options),
    /**
     * Returns an absolute URL that an audio element can play and seek, or null until the song is ready. The URL is
     * valid for some minutes. Do not share it.
     */
    async audioUrl(songId: string): Promise<string | null> {
      const { audioUrl } = await get(songId)
      return audioUrl === null ? null : url + audioUrl
    },
    /**
     * Calls back with each `song:status` of the user's songs, in a show or not. Returns a function that stops that.
     * `onMissed` is called each time a connection opens: updates from before were not received, so list the songs
     * again.
     */
    onStatus: (
      onUpdate: NonNullable<SongUpdateListener['onUpdate']>,
      onMissed: SongUpdateListener['onMissed'] = () => {}
    ): (() => void) => listen({ onUpdate, onMissed })
  }
}
