import type { Collection, Filter } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { Page } from '../../../contract/paging.ts'
import type { PlaylistItem } from '../../../contract/playback.ts'
import type { Song, SongsQuery } from '../../../contract/songs.ts'
import { newestFirst, olderThan, pageOf } from '../documents/keyset.ts'
import { beginningsOf, wordFilter } from '../documents/search-words.ts'
import { exportedRecords } from '../privacy/exported-records.ts'
import { artworkUrlOf, toSong, visibleStates, type SongDocument } from './document.ts'
import type { Tickets } from './tickets.ts'

/** A song's fields in a playlist item. */
export type SongItem = Omit<PlaylistItem, 'id' | 'kind' | 'trackId'> & { songId: string }

export type SongLibrary = ReturnType<typeof createLibrary>

/** Reads songs as their owners, playlists and players see them. */
export function createLibrary(songs: Collection<SongDocument>, tickets: Tickets) {
  function view(document: SongDocument): Song {
    const { _id, ownerId, state } = document
    return toSong(document, state === 'ready' ? `/v1/songs/${_id}/audio?ticket=${tickets.issue(_id, ownerId)}` : null)
  }

  return {
    /** Returns a song as its owner sees it, with a ticket for its audio once it is ready. */
    view,

    /** Throws NOT_FOUND, also for a song of another person. */
    async get(ownerId: string, songId: string): Promise<SongDocument> {
      const document = await songs.findOne({ _id: songId, ownerId, state: { $in: [...visibleStates] } })
      if (!document) throw noSuchSong()
      return document
    },

    /** Lists a person's songs, newest first. */
    async list(ownerId: string, { limit, cursor, q }: SongsQuery): Promise<Page<Song>> {
      const beginnings = q === undefined ? [] : beginningsOf(q)
      if (q !== undefined && beginnings.length === 0) return { items: [], nextCursor: null }
      const conditions: Filter<SongDocument>[] = [
        { ownerId, state: { $in: [...visibleStates] } },
        olderThan(cursor),
        ...beginnings.map(wordFilter)
      ]
      const { documents, nextCursor } = pageOf(
        await songs
          .find({ $and: conditions })
          .sort(newestFirst)
          .limit(limit + 1)
          .toArray(),
        limit
      )
      return { items: documents.map(view), nextCursor }
    },

    /**
     * Returns the playlist fields of a person's songs in one query. Leaves out songs that are not ready or belong to
     * another person.
     */
    async findItems(ownerId: string, songIds: readonly string[]): Promise<SongItem[]> {
      if (songIds.length === 0) return []
      const documents = await songs.find({ _id: { $in: [...songIds] }, ownerId, state: 'ready' }).toArray()
      return documents.map(toItem)
    },

    /** Returns a ready song of any owner. Throws NOT_FOUND. */
    async getReady(songId: string): Promise<SongDocument> {
      const document = await songs.findOne({ _id: songId, state: 'ready' })
      if (!document) throw noSuchSong()
      return document
    },

    /** Yields a person's songs for the export of their personal data. */
    export: (ownerId: string): AsyncIterable<object> =>
      exportedRecords(songs, { ownerId, state: { $in: [...visibleStates] } }, toExported, { sort: newestFirst })
  }
}

function toExported(document: SongDocument): object {
  const { peaks: _peaks, audioUrl: _audioUrl, ...rest } = toSong(document, null)
  return rest
}

function toItem(document: SongDocument): SongItem {
  const { _id, title, artist, album, durationMs } = document
  return {
    songId: _id,
    title,
    artists: artist === null ? [] : [artist],
    album,
    durationMs,
    artworkUrl: artworkUrlOf(document),
    link: null,
    available: true
  }
}

export function noSuchSong(): CodedError {
  return new CodedError('NOT_FOUND', 'There is no such song.')
}
