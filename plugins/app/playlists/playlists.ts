import { CodedError, invalidRequest } from '../../../contract/errors.ts'
import type { PlaylistItem } from '../../../contract/playback.ts'
import { maxPlaylistBytes, type Playlist, type PlaylistEdit } from '../../../contract/playlist.ts'
import type { PersonalDataKeeper } from '../privacy/personal-data.ts'
import type { LiveShows } from '../shows/live-shows.ts'
import type { ShowGuard } from '../shows/show-guard.ts'
import type { Shows } from '../shows/shows.ts'
import type { Songs } from '../songs/songs.ts'
import { assertOwnIds, type Editor, type PlaylistItems } from './playlist-items.ts'
import { staleVersion, type PlaylistRecords } from './playlist-records.ts'
import { playlistBytes } from './playlist-size.ts'

export interface PlaylistsParts {
  records: PlaylistRecords
  items: PlaylistItems
  shows: Pick<Shows, 'idsOf'>
  showGuard: Pick<ShowGuard, 'authorize' | 'get'>
  songs: Pick<Songs, 'findItem'>
  liveShows: Pick<LiveShows, 'playlistEdited'>
}

export type Playlists = ReturnType<typeof createPlaylists>

/** Playlists of shows. */
export function createPlaylists({ records, items, shows, showGuard, songs, liveShows }: PlaylistsParts) {
  /**
   * Returns the caller as an editor. While listeners may request the creator's songs, co-hosts add them too. Throws
   * NOT_FOUND, FORBIDDEN, SHOW_ENDED.
   */
  async function getEditor(showId: string, callerId: string): Promise<Editor> {
    const { status, creatorId, settings } = await showGuard.authorize('moderate', showId, callerId)
    if (status === 'ended') throw new CodedError('SHOW_ENDED', 'The show has ended.')
    const isLent = settings.songRequests === 'open' && creatorId !== callerId
    return { editorId: callerId, lenderId: isLent ? creatorId : null }
  }

  /** Marks a removed song as not available in all playlists. If it plays, it plays on to its end. Safe to repeat. */
  async function markUnavailable(songId: string): Promise<void> {
    for await (const showId of records.showIdsWith(songId)) {
      const playlist = await records.markUnavailable(showId, songId)
      if (playlist) await liveShows.playlistEdited(showId, playlist)
    }
  }

  /**
   * Shows the new fields of a changed song in all playlists of shows that have not ended. What plays keeps those it
   * began with. Safe to repeat: the room of a playlist that has them already is told again.
   */
  async function updateSong(songId: string): Promise<void> {
    for await (const showId of records.showIdsWith(songId)) {
      if (await hasEnded(showId)) continue
      const playlist = await records.updateSong(showId, async () => await songs.findItem(songId))
      if (playlist) await liveShows.playlistEdited(showId, playlist)
    }
  }

  /** Tells whether a show has ended, or was deleted. */
  async function hasEnded(showId: string): Promise<boolean> {
    try {
      return (await showGuard.get(showId)).status === 'ended'
    } catch (error) {
      if (error instanceof CodedError && error.code === 'NOT_FOUND') return true
      throw error
    }
  }

  return {
    markUnavailable,
    updateSong,
    findByArtist: records.findByArtist,

    /** Returns the stored playlist of a show without checking permissions. */
    getStored: records.get,

    /** Returns the playlist of a show that the caller may see. Throws NOT_FOUND. */
    async get(showId: string, callerId: string | null): Promise<Playlist> {
      await showGuard.authorize('see', showId, callerId)
      return await records.get(showId)
    },

    /**
     * Replaces a playlist; items sent with an id keep it. Throws NOT_FOUND (the show, a track, a song of another
     * person), FORBIDDEN, CONFLICT (stale version), VALIDATION (ids of another playlist, too large), SHOW_ENDED, and
     * the errors of Spotify.
     */
    async put(showId: string, callerId: string, { version, items: entries }: PlaylistEdit): Promise<Playlist> {
      const editor = await getEditor(showId, callerId)
      const stored = await records.get(showId)
      if (stored.version !== version) throw staleVersion()
      assertOwnIds(entries, stored)
      const resolved = await items.resolve(entries, stored, editor)
      assertSize(resolved)
      // The lookups may have taken long.
      await getEditor(showId, callerId)
      const playlist = await records.replace(showId, version, resolved)
      // A song that was removed between its lookup and this point was not in the playlist yet.
      for (const songId of await items.findRemovedSongs(resolved, stored, editor)) await markUnavailable(songId)
      await liveShows.playlistEdited(showId, playlist)
      return playlist
    },

    removeOfShow: records.remove,

    /** Playlists of a person's own shows. They are erased with the shows. */
    personalData: {
      async *export(userId) {
        for await (const showId of shows.idsOf(userId)) {
          yield* records.export(showId)
        }
      },
      erase: async () => {}
    } satisfies PersonalDataKeeper
  }
}

/** Throws VALIDATION when the playlist is too large. */
function assertSize(items: readonly PlaylistItem[]): void {
  const bytes = playlistBytes(items)
  if (bytes <= maxPlaylistBytes) return
  const message = `have ${bytes} bytes with titles and artists; a playlist may have ${maxPlaylistBytes}`
  throw invalidRequest([{ path: '/items', message }])
}
