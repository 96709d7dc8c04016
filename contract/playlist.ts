import { Type, type Static } from 'typebox'
import { PlaylistItem } from './playback.ts'
import { Exactly, Id, Version } from './primitives.ts'
import { SpotifyId } from './spotify.ts'

const maxItems = 500

/**
 * Maximum size of a playlist in an answer, as JSON in UTF-8. Everybody who may see a show can ask for its playlist, and
 * 500 items with the longest titles would have more than a megabyte. 500 ordinary songs have about 150 KB.
 */
export const maxPlaylistBytes = 512 * 1024

/** One item of a playlist as it is sent to the server. A new item has no `id`. */
export const PlaylistEntry = Type.Union([
  Exactly({ id: Type.Optional(Id), kind: Type.Literal('song'), songId: Id }),
  Exactly({ id: Type.Optional(Id), kind: Type.Literal('spotify'), trackId: SpotifyId })
])
export type PlaylistEntry = Static<typeof PlaylistEntry>

/** A show's playlist. */
export const Playlist = Exactly({ version: Version, items: Type.Array(PlaylistItem) })
export type Playlist = Static<typeof Playlist>

/** Body of `PUT /v1/shows/:showId/playlist`: the whole list. Items keep the ids with which they are sent. */
export const PlaylistEdit = Exactly({ version: Version, items: Type.Array(PlaylistEntry, { maxItems }) })
export type PlaylistEdit = Static<typeof PlaylistEdit>
