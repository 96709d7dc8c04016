import type { SpotifyStandInState } from './state.ts'

/** A track of the stand-in's invented catalogue. */
export interface CatalogueTrack {
  id: string
  name: string
  artist: string
  album: string
  durationMs: number
}

const albums = ['First Light', 'Low Tide', 'Paper Moons', 'Night Bus'] as const
const words = [
  'Amber',
  'Harbour',
  'Lantern',
  'Meadow',
  'Orbit',
  'Quiet',
  'River',
  'Signal',
  'Tangerine',
  'Velvet'
] as const

/** Forty tracks, whose ids have 22 letters and digits as at Spotify. */
export const tracks: readonly CatalogueTrack[] = Array.from({ length: 40 }, (_, n) => ({
  id: `track${String(n).padStart(17, '0')}`,
  name: `${words[n % words.length]} ${Math.floor(n / words.length) + 1}`,
  artist: `The ${words[(n * 3) % words.length]}s`,
  album: albums[n % albums.length] ?? '',
  durationMs: 120_000 + n * 1000
}))

/**
 * Former ids of tracks. A request with a former id returns the track with its current id:
 * https://developer.spotify.com/documentation/web-api/concepts/track-relinking
 */
export const formerIds: ReadonlyMap<string, string> = new Map([['former0000000000000007', 'track00000000000000007']])

/** A playlist of a listener, or one of somebody else that the listener follows. */
export interface CataloguePlaylist {
  id: string
  name: string
  trackIds: readonly string[]
  isForeign?: boolean
}

/** The playlists of every listener: one of all tracks, one of a few, one empty. */
export const playlists: readonly CataloguePlaylist[] = [
  { id: 'playlist00000000000001', name: 'Everything', trackIds: tracks.map(({ id }) => id) },
  { id: 'playlist00000000000002', name: 'Opening set', trackIds: tracks.slice(0, 5).map(({ id }) => id) },
  { id: 'playlist00000000000003', name: 'Still empty', trackIds: [] }
]

/** A playlist that a listener follows, of somebody else. It begins with an episode, which is no track. */
export const foreignPlaylist: CataloguePlaylist = {
  id: 'playlist00000000000009',
  name: 'Of a friend',
  trackIds: ['episode000000000000001', ...tracks.slice(0, 3).map(({ id }) => id)],
  isForeign: true
}

/**
 * Returns a track as new apps receive it from the Web API: without `popularity`, `available_markets` and `preview_url`.
 */
export function trackAnswer({ id, name, artist, album, durationMs }: CatalogueTrack, origin: string) {
  return {
    id,
    type: 'track',
    uri: `spotify:track:${id}`,
    name,
    duration_ms: durationMs,
    explicit: false,
    is_playable: true,
    external_urls: { spotify: `https://open.spotify.com/track/${id}` },
    artists: [{ name: artist, external_urls: { spotify: 'https://open.spotify.com/artist/artist000000000000001' } }],
    album: {
      name: album,
      images: [{ url: `${origin}/artwork/${encodeURIComponent(album)}.svg`, width: 300, height: 300 }]
    }
  }
}

/** Returns the item of a playlist: a track or an episode. */
export function itemAnswer(id: string, origin: string): object | null {
  const track = tracks.find(known => known.id === id)
  if (track) return trackAnswer(track, origin)
  return { id, type: 'episode', name: 'An episode', duration_ms: 60_000 }
}

/**
 * Returns a playlist as an entry of a list, with the number of its items. In development mode, the items of other
 * people's playlists are left out.
 */
export function playlistAnswer(
  { id, name, trackIds, isForeign = false }: CataloguePlaylist,
  origin: string,
  mode: SpotifyStandInState['mode']
) {
  const contents = { href: `${origin}/v1/playlists/${id}/items`, total: trackIds.length }
  return {
    id,
    type: 'playlist',
    name,
    images: [{ url: `${origin}/artwork/${encodeURIComponent(name)}.svg` }],
    external_urls: { spotify: `https://open.spotify.com/playlist/${id}` },
    ...(mode !== 'extended' && !isForeign && { items: contents }),
    ...(mode !== 'development' && { tracks: contents })
  }
}
