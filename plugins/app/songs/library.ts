import type { Collection, Filter } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { Page } from '../../../contract/paging.ts'
import type { PlaylistItem } from '../../../contract/playback.ts'
import type { RequestableSong } from '../../../contract/song-requests.ts'
import type { Song, SongOnAir, SongsQuery } from '../../../contract/songs.ts'
import { toPage, type Edges } from '../documents/edges.ts'
import { cursorOf, newestFirst, olderThan, pageOf } from '../documents/keyset.ts'
import { beginningsOf, wordFilter } from '../documents/search-words.ts'
import { exportedRecords } from '../privacy/exported-records.ts'
import { artworkUrlOf, toSong, visibleStates, type SongDocument, type SongRights } from './document.ts'
import type { Tickets } from '../identity/audio-tickets.ts'

/** A song's fields in a playlist item. */
export type SongItem = Omit<PlaylistItem, 'id' | 'kind' | 'trackId'> & { songId: string }

type RightsFields = Pick<SongDocument, '_id' | 'ownerId' | 'mayReplay' | 'mayStream'>

export type SongLibrary = ReturnType<typeof createLibrary>

/** Reads songs as their owners, playlists and players see them. */
export function createLibrary(songs: Collection<SongDocument>, tickets: Tickets) {
  function view(document: SongDocument): Song {
    const { _id, ownerId, state } = document
    return toSong(document, state === 'ready' ? `/v1/songs/${_id}/audio?ticket=${tickets.issue(_id, ownerId)}` : null)
  }

  /** Finds a page of these songs of a person, newest first. */
  async function findPage(
    songsOfPerson: Filter<SongDocument>,
    { limit, cursor, q }: SongsQuery
  ): Promise<{ documents: SongDocument[]; nextCursor: string | null }> {
    const beginnings = q === undefined ? [] : beginningsOf(q)
    if (q !== undefined && beginnings.length === 0) return { documents: [], nextCursor: null }
    const conditions: Filter<SongDocument>[] = [songsOfPerson, olderThan(cursor), ...beginnings.map(wordFilter)]
    return pageOf(
      await songs
        .find({ $and: conditions })
        .sort(newestFirst)
        .limit(limit + 1)
        .toArray(),
      limit
    )
  }

  async function findEdges(ownerId: string, query: SongsQuery): Promise<Edges<Song>> {
    const { documents, nextCursor } = await findPage({ ownerId, state: { $in: [...visibleStates] } }, query)
    return { edges: documents.map(document => ({ node: view(document), cursor: cursorOf(document) })), nextCursor }
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
    list: async (ownerId: string, query: SongsQuery): Promise<Page<Song>> => toPage(await findEdges(ownerId, query)),

    /** Lists a person's songs with their cursors, newest first. */
    listEdges: findEdges,

    /**
     * Returns the playlist fields of a person's songs in one query. Leaves out songs that are not ready or belong to
     * another person.
     */
    async findItems(ownerId: string, songIds: readonly string[]): Promise<SongItem[]> {
      if (songIds.length === 0) return []
      const documents = await songs.find({ _id: { $in: [...songIds] }, ownerId, state: 'ready' }).toArray()
      return documents.map(toItem)
    },

    /** Returns these songs of any owner by id, as people see them in a show. Leaves out those that are not ready. */
    async findOnAir(songIds: readonly string[]): Promise<Map<string, SongOnAir>> {
      if (songIds.length === 0) return new Map()
      const documents = await songs.find({ _id: { $in: [...new Set(songIds)] }, state: 'ready' }).toArray()
      return new Map(documents.map(document => [document._id, toSongOnAir(document)]))
    },

    /** Returns the rights of these songs of any owner by id, in one query. Leaves out those that are not ready. */
    async rightsOf(songIds: readonly string[]): Promise<Map<string, SongRights>> {
      if (songIds.length === 0) return new Map()
      const filter: Filter<SongDocument> = { _id: { $in: [...new Set(songIds)] }, state: 'ready' }
      const projection = { ownerId: 1, mayReplay: 1, mayStream: 1 } as const
      const documents = await songs.find<RightsFields>(filter, { projection }).toArray()
      return new Map(
        documents.map(({ _id, ownerId, mayReplay = false, mayStream = false }) => [
          _id,
          { mayReplay, mayStream, ownerId }
        ])
      )
    },

    /** Returns the playlist fields of a ready song of any owner; undefined when there is none. */
    async findItem(songId: string): Promise<SongItem | undefined> {
      const document = await songs.findOne({ _id: songId, state: 'ready' })
      return document ? toItem(document) : undefined
    },

    /** Returns a person's ready song as the listeners of their show see it; undefined when there is none. */
    async findRequestable(ownerId: string, songId: string): Promise<RequestableSong | undefined> {
      const document = await songs.findOne({ ...requestableOf(ownerId), _id: songId })
      return document ? toRequestable(document) : undefined
    },

    /** Lists a person's ready songs as the listeners of their show see them, newest first. */
    async listRequestable(ownerId: string, query: SongsQuery): Promise<Page<RequestableSong>> {
      const { documents, nextCursor } = await findPage(requestableOf(ownerId), query)
      return { items: documents.map(toRequestable), nextCursor }
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
  const { peaks: _peaks, audioUrl: _audioUrl, artistKey: _artistKey, ...rest } = toSong(document, null)
  const { sources, artistIds, rejected } = document
  return { ...rest, ...(sources && { sources }), ...(artistIds && { artistIds }), ...(rejected && { rejected }) }
}

function toSongOnAir(document: SongDocument): SongOnAir {
  const { songId, title, artists, album, durationMs, artworkUrl } = toItem(document)
  return { songId, title, artists, album, durationMs, artworkUrl }
}

/** The songs of a person that listeners may request. Only hosts see jingles. */
function requestableOf(ownerId: string): Filter<SongDocument> {
  return { ownerId, state: 'ready', jingleOf: null }
}

function toRequestable(document: SongDocument): RequestableSong {
  const { _id: songId, title, artist, durationMs } = document
  return { songId, title, artist, durationMs, artworkUrl: artworkUrlOf(document) }
}

function toItem(document: SongDocument): SongItem {
  const { _id, title, artist, album, durationMs, link, artistKey } = document
  return {
    songId: _id,
    title,
    artists: artist === null ? [] : [artist],
    album,
    durationMs,
    artworkUrl: artworkUrlOf(document),
    link: link ?? null,
    ...(artistKey !== undefined && { artistKey }),
    available: true
  }
}

export function noSuchSong(): CodedError {
  return new CodedError('NOT_FOUND', 'There is no such song.')
}
