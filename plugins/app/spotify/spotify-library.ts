import { Type, type Static } from 'typebox'
import { CodedError, invalidRequest } from '../../../contract/errors.ts'
import { leadingGraphemes } from '../../../contract/graphemes.ts'
import type { Page, PageQuery } from '../../../contract/paging.ts'
import type { SpotifyPlaylist, SpotifyTrack } from '../../../contract/spotify.ts'
import type { SpotifyApi } from '../../external/spotify-api.ts'
import type { Validator } from '../http/validation.ts'
import type { CallBudget } from './call-budget.ts'
import type { SpotifyAccounts } from './spotify-accounts.ts'

const Images = Type.Optional(
  Type.Unsafe<{ url: string }[] | null>({
    type: ['array', 'null'],
    items: { type: 'object', required: ['url'], properties: { url: { type: 'string' } } }
  })
)
const Links = Type.Optional(Type.Object({ spotify: Type.Optional(Type.String()) }))
const Track = Type.Object({
  type: Type.Optional(Type.Literal('track')),
  id: Type.String(),
  name: Type.String(),
  duration_ms: Type.Integer(),
  is_playable: Type.Optional(Type.Boolean()),
  external_urls: Links,
  artists: Type.Optional(Type.Array(Type.Object({ name: Type.String(), external_urls: Links }))),
  album: Type.Optional(Type.Object({ name: Type.String(), images: Images }))
})
const Total = Type.Optional(
  Type.Unsafe<{ total: number } | null>({
    type: ['object', 'null'],
    required: ['total'],
    properties: { total: { type: 'integer' } }
  })
)
/**
 * Apps in development mode receive `items`, but not for a playlist of somebody else. Apps with extended quota get
 * `tracks`: https://developer.spotify.com/documentation/web-api/tutorials/february-2026-migration-guide
 */
const Playlist = Type.Object({
  id: Type.String(),
  name: Type.String(),
  images: Images,
  external_urls: Links,
  items: Total,
  tracks: Total
})
/** Items that can't be played (episodes, local files, gaps) are left out one by one. */
const Items = Type.Object({ total: Type.Integer(), items: Type.Array(Type.Unknown()) })
/** Apps in development mode receive `item`, apps with extended quota `track`, and some both. */
const Entry = Type.Object({ item: Type.Optional(Type.Unknown()), track: Type.Optional(Type.Unknown()) })

/** Maximum number of items Spotify returns at a time to apps in development mode. */
const maxSearchResults = 10
const maxListItems = 50
/** Bounds of what a playlist stores about a track, and sends to everybody in a show. */
const maxNameGraphemes = 200
const maxArtists = 50
const maxCachedTracks = 10_000
const cacheTtlMs = 3_600_000

export interface SpotifyLibraryParts {
  accounts: Pick<SpotifyAccounts, 'ask'>
  api: SpotifyApi
  validator: Validator
  takeCall: CallBudget
}

export type SpotifyLibrary = ReturnType<typeof createSpotifyLibrary>

/** Reads playlists and tracks at Spotify through the person's own account. It does not play anything. */
export function createSpotifyLibrary({ accounts, api, validator, takeCall }: SpotifyLibraryParts) {
  const readTrack = validator.reader(Track)
  const readList = validator.reader(Items)
  const readPlaylist = validator.reader(Playlist)
  const readEntry = validator.reader(Entry)
  const readSearch = validator.reader(Type.Object({ tracks: Items }))
  const cache = new Map<string, { track: SpotifyTrack; untilMs: number }>()

  async function ask(userId: string, path: string, query: Record<string, string> = {}): Promise<unknown> {
    const waitMs = await takeCall(userId, performance.now())
    if (waitMs > 0) {
      throw new CodedError('RATE_LIMITED', 'Too many requests to Spotify; wait a moment.', { retryAfterMs: waitMs })
    }
    return await accounts.ask(userId, async token => await api.get(path, query, token))
  }

  /**
   * Reads the items of a playlist. The address for apps in development mode may be unknown to apps with extended quota,
   * or give them less; the old address is refused in development mode.
   */
  async function askForItems(userId: string, playlistId: string, query: Record<string, string>): Promise<unknown> {
    try {
      return await ask(userId, `/playlists/${playlistId}/items`, query)
    } catch (error) {
      if (!isRefusal(error)) throw error
      return await ask(userId, `/playlists/${playlistId}/tracks`, query).catch((oldError: unknown) => {
        throw error.code === 'FORBIDDEN' && isRefusal(oldError) ? itemsNotReadable() : error
      })
    }
  }

  function remember(track: SpotifyTrack): SpotifyTrack {
    cache.delete(track.trackId)
    cache.set(track.trackId, { track, untilMs: performance.now() + cacheTtlMs })
    const [oldest] = cache.keys()
    if (cache.size > maxCachedTracks && oldest !== undefined) cache.delete(oldest)
    return track
  }

  function findCached(trackId: string): SpotifyTrack | undefined {
    const found = cache.get(trackId)
    return found && found.untilMs > performance.now() ? found.track : undefined
  }

  const trackOf = (answer: unknown) => remember(toTrack(readTrack(answer)))

  return {
    /** Returns the person's own playlists, in Spotify's order. */
    async playlists(userId: string, { limit, cursor }: PageQuery): Promise<Page<SpotifyPlaylist>> {
      const offset = decodeOffset(cursor)
      const count = Math.min(limit, maxListItems)
      const { items, total } = readList(
        await ask(userId, '/me/playlists', { limit: String(count), offset: String(offset) })
      )
      return {
        items: items.flatMap(item => ifValid(() => toPlaylist(readPlaylist(item)))),
        nextCursor: nextCursor(offset + count, total)
      }
    },

    /**
     * Returns the tracks of a playlist, without its other items. Throws NOT_FOUND, FORBIDDEN (a playlist of somebody
     * else, whose items Spotify keeps from this app).
     */
    async playlistItems(userId: string, playlistId: string, { limit, cursor }: PageQuery): Promise<Page<SpotifyTrack>> {
      const offset = decodeOffset(cursor)
      const count = Math.min(limit, maxListItems)
      const { items, total } = readList(
        await askForItems(userId, playlistId, { limit: String(count), offset: String(offset) })
      )
      return {
        items: items.flatMap(entry => ifValid(() => trackOf(itemOf(readEntry(entry))))),
        nextCursor: nextCursor(offset + count, total)
      }
    },

    async search(userId: string, { q, limit, cursor }: PageQuery & { q: string }): Promise<Page<SpotifyTrack>> {
      const offset = decodeOffset(cursor)
      const count = Math.min(limit, maxSearchResults)
      const {
        tracks: { items, total }
      } = readSearch(await ask(userId, '/search', { q, type: 'track', limit: String(count), offset: String(offset) }))
      return {
        items: items.flatMap(item => ifValid(() => trackOf(item))),
        nextCursor: nextCursor(offset + count, total)
      }
    },

    /** Returns a track by its id, from the cache when anybody has read it within the hour. Throws NOT_FOUND. */
    async track(userId: string, trackId: string): Promise<SpotifyTrack> {
      return findCached(trackId) ?? trackOf(await ask(userId, `/tracks/${trackId}`))
    }
  }
}

function itemOf({ item, track }: Static<typeof Entry>): unknown {
  return item ?? track
}

/** Whether Spotify does not have something for this app, or does not allow it. */
function isRefusal(error: unknown): error is CodedError {
  return error instanceof CodedError && (error.code === 'NOT_FOUND' || error.code === 'FORBIDDEN')
}

function itemsNotReadable(): CodedError {
  return new CodedError('FORBIDDEN', 'Spotify shows the tracks of this playlist to its owner and collaborators only.')
}

/** Returns the value in a list, or an empty list when reading it throws. */
function ifValid<T>(read: () => T): T[] {
  try {
    return [read()]
  } catch {
    return []
  }
}

function boundedName(name: string): string {
  return leadingGraphemes(name, maxNameGraphemes)
}

function toTrack({
  id,
  name,
  duration_ms: durationMs,
  is_playable: isPlayable = true,
  external_urls: links,
  artists = [],
  album
}: Static<typeof Track>): SpotifyTrack {
  return {
    trackId: id,
    title: boundedName(name),
    artists: artists.slice(0, maxArtists).map(artist => boundedName(artist.name)),
    artistUrl: artists[0]?.external_urls?.spotify ?? null,
    album: album ? boundedName(album.name) : null,
    durationMs,
    artworkUrl: album?.images?.[0]?.url ?? null,
    link: links?.spotify ?? `https://open.spotify.com/track/${id}`,
    // A track without a length would end as soon as it starts.
    available: isPlayable && durationMs > 0
  }
}

function toPlaylist({
  id,
  name,
  images,
  external_urls: links,
  items,
  tracks
}: Static<typeof Playlist>): SpotifyPlaylist {
  const contents = items ?? tracks ?? null
  return {
    id,
    name: boundedName(name),
    artworkUrl: images?.[0]?.url ?? null,
    itemCount: contents?.total ?? 0,
    readable: contents !== null,
    link: links?.spotify ?? null
  }
}

/** Spotify pages by offset. For our clients the cursor is opaque like every other cursor. */
function nextCursor(offset: number, total: number): string | null {
  return offset < total ? Buffer.from(`o${offset}`).toString('base64url') : null
}

function decodeOffset(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  const offset = /^o(\d{1,6})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1]
  if (offset === undefined) throw invalidRequest([{ path: '/cursor', message: 'is not a cursor of this server' }])
  return Number(offset)
}
