import type { Page } from '../../contract/paging.ts'
import type { Song, SongSpace } from '../../contract/songs.ts'
import type { AuthorizedRequest } from '../request.ts'
import type { SongUpdateListener } from '../song-updates.ts'
import type { AuthorizedUpload, UploadFile, UploadOptions } from '../upload.ts'
import { queryOf, type PageOf } from './query.ts'

export interface SongsParts {
  request: AuthorizedRequest
  /** Where the server is. */
  url: string
  upload: AuthorizedUpload
  /** Calls back with what becomes of the caller's songs; answers how to stop that. */
  listen: (listener: SongUpdateListener) => () => void
}

/** The caller's songs. Guests have none: FORBIDDEN. */
export function createSongsApi({ request, url, upload, listen }: SongsParts) {
  const get = async (songId: string) => await request<Song>('GET', `/songs/${songId}`)
  return {
    /** Newest first; `q` are beginnings of words of title, artist and album, up to 100 characters. */
    list: async (search: PageOf & { q?: string } = {}) => await request<Page<Song>>('GET', `/songs${queryOf(search)}`),
    get,
    /** How much room the caller's songs take, how much there is, and how large one upload may be. */
    space: async () => await request<SongSpace>('GET', '/songs/space'),
    /** For good; in playlists it stays as one that is not available. CONFLICT while a live show plays it. */
    delete: async (songId: string) => await request<null>('DELETE', `/songs/${songId}`),
    /**
     * Uploads an audio file; what comes back is a song that is being made ready, which `onStatus` tells about. Throws
     * PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA, RATE_LIMITED, UNAVAILABLE, and the signal's reason when it was aborted.
     */
    upload: async (file: UploadFile, options: UploadOptions = {}) =>
      await upload<Song>('POST', '/songs', file, options),
    /** A whole address an audio element can play and seek, asked for anew since it is good for some minutes; null until the song is ready. Pass it to nobody. */
    async audioUrl(songId: string): Promise<string | null> {
      const { audioUrl } = await get(songId)
      return audioUrl === null ? null : new URL(audioUrl, url).href
    },
    /**
     * Calls back with every `song:status` of the caller's songs, in a show or not; answers how to stop that. `missed` is called each
     * time the connection came about: what was told before it did was not heard here, so list them again.
     */
    onStatus: (status: SongUpdateListener['status'], missed: SongUpdateListener['missed'] = () => {}): (() => void) =>
      listen({ status, missed })
  }
}
