import { Type, type Static } from 'typebox'
import { pageQuery } from './paging.ts'
import { trackFields } from './playback.ts'
import { Exactly, Nullable } from './primitives.ts'

/** An id of Spotify: https://developer.spotify.com/documentation/web-api/concepts/spotify-uris-ids */
export const SpotifyId = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[A-Za-z0-9]+$',
  description: 'Spotify id'
})

/**
 * One of the caller's playlists at Spotify. `link` opens it there. `readable` is false for a playlist of somebody else
 * whose items Spotify keeps from this app; its `itemCount` is 0 then.
 */
export const SpotifyPlaylist = Exactly({
  id: SpotifyId,
  name: Type.String(),
  artworkUrl: Nullable(Type.String()),
  itemCount: Type.Integer({ minimum: 0 }),
  readable: Type.Optional(Type.Boolean()),
  link: Nullable(Type.String())
})
export type SpotifyPlaylist = Static<typeof SpotifyPlaylist>

/** A track as Spotify describes it, shown with its link and attribution. */
export const SpotifyTrack = Exactly({
  trackId: SpotifyId,
  ...trackFields
})
export type SpotifyTrack = Static<typeof SpotifyTrack>

/** Query of `GET /v1/spotify/search`. */
export const SpotifySearch = Exactly({
  ...pageQuery,
  q: Type.String({ minLength: 1, maxLength: 100, description: 'Search terms, as in Spotify’s own search' })
})
export type SpotifySearch = Static<typeof SpotifySearch>

/** A token for Spotify's own player; `expiresIn` in seconds. */
export const PlayerToken = Exactly({ accessToken: Type.String(), expiresIn: Type.Integer() })
export type PlayerToken = Static<typeof PlayerToken>
