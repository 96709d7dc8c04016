import type { Collection, Filter } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { Page } from '../../../contract/paging.ts'
import type { PlaylistItem } from '../../../contract/playback.ts'
import type { Song, SongsQuery } from '../../../contract/songs.ts'
import { newestFirst, olderThan, pageOf } from '../documents/keyset.ts'
import { beginningsOf } from '../shows/words.ts'
import { artworkUrlOf, shownStates, toSong, type SongDocument } from './document.ts'
import type { Tickets } from './tickets.ts'

/** What a playlist says of a song. */
export type SongItem = Omit<PlaylistItem, 'id' | 'kind' | 'trackId'> & { songId: string }

/** The songs people have, as they see them. */
export function createLibrary(songs: Collection<SongDocument>, tickets: Tickets) {
  /** Of files that don't say who made them. */
  const artistsOf = ({ artist }: SongDocument) => (artist === null ? [] : [artist])

  async function require(ownerId: string, songId: string): Promise<SongDocument> {
    const document = await songs.findOne({ _id: songId, ownerId, state: { $in: [...shownStates] } })
    if (!document) throw noSuchSong()
    return document
  }

  return {
    require,

    view: (document: SongDocument): Song =>
      toSong(
        document,
        document.state === 'ready'
          ? `/v1/songs/${document._id}/audio?ticket=${tickets.issue(document._id, document.ownerId)}`
          : null
      ),

    /** Newest first. */
    async list(ownerId: string, { limit, cursor, q }: SongsQuery): Promise<Page<Song>> {
      const beginnings = q === undefined ? [] : beginningsOf(q)
      if (q !== undefined && beginnings.length === 0) return { items: [], nextCursor: null }
      const conditions: Filter<SongDocument>[] = [
        { ownerId, state: { $in: [...shownStates] } },
        olderThan(cursor),
        ...beginnings.map(beginning => ({ words: { $regex: `^${escapeRegExp(beginning)}` } }))
      ]
      const { documents, nextCursor } = pageOf(
        await songs
          .find({ $and: conditions })
          .sort(newestFirst)
          .limit(limit + 1)
          .toArray(),
        limit
      )
      return { items: documents.map(this.view), nextCursor }
    },

    /** What goes into a playlist of songs; those that are not ready, or not this person's, are left out. Asks once for all of them. */
    async items(ownerId: string, songIds: readonly string[]): Promise<SongItem[]> {
      if (songIds.length === 0) return []
      const found = await songs.find({ _id: { $in: [...songIds] }, ownerId, state: 'ready' }).toArray()
      return found.map(document => {
        const { _id, title, album, durationMs } = document
        return {
          songId: _id,
          title,
          artists: artistsOf(document),
          album,
          durationMs,
          artworkUrl: artworkUrlOf(document),
          link: null,
          available: true
        }
      })
    },

    /** A song that is ready, whoever's it is. Throws NOT_FOUND. */
    async requireReady(songId: string): Promise<SongDocument> {
      const document = await songs.findOne({ _id: songId, state: 'ready' })
      if (!document) throw noSuchSong()
      return document
    },

    async *heldAbout(ownerId: string): AsyncIterable<object> {
      for await (const document of songs.find({ ownerId, state: { $in: [...shownStates] } }).sort(newestFirst)) {
        const { peaks: _peaks, audioUrl: _audioUrl, ...rest } = toSong(document, null)
        yield rest
      }
    }
  }
}

export function noSuchSong(): CodedError {
  return new CodedError('NOT_FOUND', 'There is no such song.')
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|-]/g, '\\$&')
}
