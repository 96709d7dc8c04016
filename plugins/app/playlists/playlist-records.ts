import { isDeepStrictEqual } from 'node:util'
import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { PlaylistItem } from '../../../contract/playback.ts'
import { maxPlaylistBytes, type Playlist } from '../../../contract/playlist.ts'
import { isDuplicateKey } from '../documents/is-duplicate-key.ts'
import { exportedRecords } from '../privacy/exported-records.ts'
import type { SongItem } from '../songs/library.ts'
import { fitted, playlistBytes } from './playlist-size.ts'

/** A playlist in the collection `playlists`. */
export interface PlaylistDocument {
  /** The show's id. */
  _id: string
  version: number
  items: PlaylistItem[]
}

export type PlaylistRecords = Awaited<ReturnType<typeof createPlaylistRecords>>

/** Stores the playlist of each show under its version. */
export async function createPlaylistRecords(playlists: Collection<PlaylistDocument>) {
  await playlists.createIndex({ 'items.songId': 1 })
  await playlists.createIndex({ 'items.artistKey': 1 })

  async function get(showId: string): Promise<Playlist> {
    const document = await playlists.findOne({ _id: showId })
    return { version: document?.version ?? 0, items: fitted(document?.items ?? []) }
  }

  /** Returns false when the stored playlist has another version. */
  async function update(showId: string, version: number, items: PlaylistItem[]): Promise<boolean> {
    const { matchedCount } = await playlists.updateOne(
      { _id: showId, version },
      { $set: { items }, $inc: { version: 1 } }
    )
    return matchedCount > 0
  }

  return {
    /** Returns the playlist of a show. A show without one has an empty playlist of version 0. */
    get,

    /** Replaces a playlist of this version, and returns the new one. Throws CONFLICT when the version is stale. */
    async replace(showId: string, version: number, items: PlaylistItem[]): Promise<Playlist> {
      if (version > 0) {
        if (!(await update(showId, version, items))) throw staleVersion()
      } else {
        await playlists.insertOne({ _id: showId, version: 1, items }).catch((error: unknown) => {
          throw isDuplicateKey(error) ? staleVersion() : error
        })
      }
      return { version: version + 1, items }
    },

    /** Yields the playlist of a show for an export, if it has one. */
    export: (showId: string): AsyncIterable<object> =>
      exportedRecords(playlists, { _id: showId }, ({ version, items }) => ({ showId, version, items })),

    /** Yields the ids of shows whose playlists contain an available song. */
    async *showIdsWith(songId: string): AsyncGenerator<string> {
      const filter = { items: { $elemMatch: { songId, available: true } } }
      for await (const { _id } of playlists.find(filter, { projection: { _id: 1 } })) yield _id
    },

    /**
     * Replaces the fields of a song in a playlist, unless it would be too large. Returns the playlist, even an
     * unchanged one; null when there is no such song. A concurrent edit of the playlist gets CONFLICT.
     */
    async updateSong(showId: string, findSong: () => Promise<SongItem | undefined>): Promise<Playlist | null> {
      for (;;) {
        const playlist = await get(showId)
        const { version, items } = playlist
        // Read after the playlist, so that older fields do not replace newer ones that another server stored meanwhile.
        const song = await findSong()
        if (!song) return null
        const updated = items.map(item =>
          item.songId === song.songId && item.available
            ? { id: item.id, kind: item.kind, ...song, available: item.available }
            : item
        )
        if (isDeepStrictEqual(updated, items) || playlistBytes(updated) > maxPlaylistBytes) return playlist
        if (await update(showId, version, updated)) return { version: version + 1, items: updated }
      }
    },

    /** Returns a stored item by this artist; undefined when there is none. */
    async findByArtist(artistKey: string): Promise<PlaylistItem | undefined> {
      const found = await playlists.findOne({ 'items.artistKey': artistKey })
      return found?.items.find(item => item.artistKey === artistKey)
    },

    /**
     * Marks a song in a playlist as not available. Returns the new playlist; null when it has no such item any more. A
     * concurrent edit of the playlist gets CONFLICT.
     */
    async markUnavailable(showId: string, songId: string): Promise<Playlist | null> {
      for (;;) {
        const { version, items } = await get(showId)
        if (!items.some(item => item.songId === songId && item.available)) return null
        const marked = items.map(item =>
          item.songId === songId ? { ...item, available: false, artworkUrl: null } : item
        )
        if (await update(showId, version, marked)) return { version: version + 1, items: marked }
      }
    },

    async remove(showId: string): Promise<void> {
      await playlists.deleteOne({ _id: showId })
    }
  }
}

export function staleVersion(): CodedError {
  return new CodedError('CONFLICT', 'The playlist was changed meanwhile. Load it again.')
}
