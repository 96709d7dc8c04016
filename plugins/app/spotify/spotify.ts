import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { Type, type Static } from 'typebox'
import { CodedError } from '../../../contract/errors.ts'
import type { Page } from '../../../contract/paging.ts'
import type { SpotifyPlaylist, SpotifyTrack } from '../../../contract/spotify.ts'
import { createCallBudget } from './call-budget.ts'

declare module 'fastify' {
  interface FastifyInstance {
    spotify: Spotify
  }
}

const Images = Type.Optional(
  Type.Unsafe<{ url: string }[] | null>({
    type: ['array', 'null'],
    items: { type: 'object', required: ['url'], properties: { url: { type: 'string' } } }
  })
)
const Links = Type.Optional(Type.Object({ spotify: Type.Optional(Type.String()) }))
const Track = Type.Object({
  type: Type.Optional(Type.String()),
  id: Type.String(),
  name: Type.String(),
  duration_ms: Type.Integer(),
  is_playable: Type.Optional(Type.Boolean()),
  external_urls: Links,
  artists: Type.Optional(Type.Array(Type.Object({ name: Type.String(), external_urls: Links }))),
  album: Type.Optional(Type.Object({ name: Type.String(), images: Images }))
})
const Counted = Type.Optional(Type.Object({ total: Type.Integer() }))
const Playlist = Type.Object({
  id: Type.String(),
  name: Type.String(),
  images: Images,
  external_urls: Links,
  items: Counted
})
/** Whatever is in a list that is not what we play (an episode, a local file, a hole) is left out. */
const Items = Type.Object({ total: Type.Integer(), items: Type.Array(Type.Unknown()) })
const Entry = Type.Object({ item: Track })

/** Spotify answers at most so many at a time to new apps: https://developer.spotify.com/documentation/web-api/tutorials/february-2026-migration-guide */
const mostFound = 10
const mostListed = 50
const rememberedTracks = 10_000
const rememberedMs = 3_600_000

export type Spotify = ReturnType<typeof createSpotify>

/** What people have at Spotify, asked through their own account. Nothing here plays anything. */
export function createSpotify(app: FastifyInstance) {
  const readTrack = app.validator.reader(Track)
  const readList = app.validator.reader(Items)
  const readPlaylist = app.validator.reader(Playlist)
  const readEntry = app.validator.reader(Entry)
  const readFound = app.validator.reader(Type.Object({ tracks: Items }))
  const budget = createCallBudget({
    perPerson: app.config.LIMIT_SPOTIFY_CALLS_PER_MINUTE_PER_PERSON,
    all: app.config.LIMIT_SPOTIFY_CALLS_PER_MINUTE,
    windowMs: 60_000
  })
  const known = new Map<string, { track: SpotifyTrack; untilMs: number }>()

  async function ask(userId: string, path: string, query: Record<string, string> = {}): Promise<unknown> {
    const waitMs = budget(userId, Date.now())
    if (waitMs > 0) {
      throw new CodedError('RATE_LIMITED', 'Too many questions to Spotify; wait a moment.', { retryAfterMs: waitMs })
    }
    return await app.spotifyAccounts.ask(userId, async token => await app.spotifyApi.get(path, query, token))
  }

  function remember(track: SpotifyTrack): SpotifyTrack {
    known.delete(track.trackId)
    known.set(track.trackId, { track, untilMs: Date.now() + rememberedMs })
    const [oldest] = known.keys()
    if (known.size > rememberedTracks && oldest !== undefined) known.delete(oldest)
    return track
  }

  function recall(trackId: string): SpotifyTrack | null {
    const found = known.get(trackId)
    return found && found.untilMs > Date.now() ? found.track : null
  }

  const trackOf = (answer: unknown) => remember(toTrack(readTrack(answer)))

  return {
    /** The person's own playlists, in Spotify's order. */
    async playlists(
      userId: string,
      { limit, cursor }: { limit: number; cursor?: string }
    ): Promise<Page<SpotifyPlaylist>> {
      const offset = decodeOffset(cursor)
      const asked = Math.min(limit, mostListed)
      const { items, total } = readList(
        await ask(userId, '/me/playlists', { limit: String(asked), offset: String(offset) })
      )
      return {
        items: items.flatMap(item => attempt(() => toPlaylist(readPlaylist(item)))),
        nextCursor: nextCursor(offset + asked, total)
      }
    },

    /** The tracks of a playlist; what is no track is left out. Throws NOT_FOUND, FORBIDDEN. */
    async playlistItems(
      userId: string,
      playlistId: string,
      { limit, cursor }: { limit: number; cursor?: string }
    ): Promise<Page<SpotifyTrack>> {
      const offset = decodeOffset(cursor)
      const asked = Math.min(limit, mostListed)
      const { items, total } = readList(
        await ask(userId, `/playlists/${playlistId}/items`, { limit: String(asked), offset: String(offset) })
      )
      return {
        items: items.flatMap(entry => attempt(() => trackOf(readEntry(entry).item))),
        nextCursor: nextCursor(offset + asked, total)
      }
    },

    async search(
      userId: string,
      { q, limit, cursor }: { q: string; limit: number; cursor?: string }
    ): Promise<Page<SpotifyTrack>> {
      const offset = decodeOffset(cursor)
      const asked = Math.min(limit, mostFound)
      const {
        tracks: { items, total }
      } = readFound(await ask(userId, '/search', { q, type: 'track', limit: String(asked), offset: String(offset) }))
      return {
        items: items.flatMap(item => attempt(() => trackOf(item))),
        nextCursor: nextCursor(offset + asked, total)
      }
    },

    /** A track by its id, from memory where somebody saw it within the hour. Throws NOT_FOUND. */
    async track(userId: string, trackId: string): Promise<SpotifyTrack> {
      return recall(trackId) ?? trackOf(await ask(userId, `/tracks/${trackId}`))
    }
  }
}

function attempt<T>(read: () => T): T[] {
  try {
    return [read()]
  } catch {
    return []
  }
}

function toTrack({
  id,
  name,
  duration_ms: durationMs,
  is_playable: available = true,
  external_urls: links,
  artists = [],
  album
}: Static<typeof Track>): SpotifyTrack {
  return {
    trackId: id,
    title: name,
    artists: artists.map(artist => artist.name),
    artistUrl: artists[0]?.external_urls?.spotify ?? null,
    album: album?.name ?? null,
    durationMs,
    artworkUrl: album?.images?.[0]?.url ?? null,
    link: links?.spotify ?? `https://open.spotify.com/track/${id}`,
    // What has no length would be over before it began.
    available: available && durationMs > 0
  }
}

function toPlaylist({ id, name, images, external_urls: links, items }: Static<typeof Playlist>): SpotifyPlaylist {
  return { id, name, artworkUrl: images?.[0]?.url ?? null, itemCount: items?.total ?? 0, link: links?.spotify ?? null }
}

/** Spotify pages by offset; to our clients the cursor is opaque like any other. */
function nextCursor(offset: number, total: number): string | null {
  return offset < total ? Buffer.from(`o${offset}`).toString('base64url') : null
}

function decodeOffset(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  const offset = /^o(\d{1,6})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1]
  if (offset === undefined) {
    throw new CodedError('VALIDATION', 'The request does not fit.', {
      issues: [{ path: '/cursor', message: 'is not a cursor of ours' }]
    })
  }
  return Number(offset)
}

export default fp(
  async app => {
    app.decorate('spotify', createSpotify(app))
  },
  { name: 'spotify', dependencies: ['spotify-accounts', 'spotify-api', 'validation'] }
)
