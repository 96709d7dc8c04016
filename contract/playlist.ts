import { Type, type Static } from 'typebox'
import { PlaylistItem } from './playback.ts'
import { Exactly, Id, Nullable, OneOf, Version } from './primitives.ts'
import { SpotifyId } from './spotify.ts'
import { Person } from './users.ts'

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

/** The change that a host is about to make, or has just made, in the playlist. */
export const playlistActions = ['adding', 'moving', 'removing'] as const
export const PlaylistAction = OneOf(playlistActions)
export type PlaylistAction = (typeof playlistActions)[number]

const PlaylistItemId = Nullable(Type.String({ ...Id, description: 'Null for music that is not in the playlist yet' }))

/** A sign of a host who edits the playlist; `action` is null when they have stopped. */
export const PlaylistSign = Exactly({ itemId: PlaylistItemId, action: Nullable(PlaylistAction) })
export type PlaylistSign = Static<typeof PlaylistSign>

/** A host who edits the playlist now, and what they edit. */
export const EditingHost = Exactly({ person: Person, itemId: PlaylistItemId, action: PlaylistAction })
export type EditingHost = Static<typeof EditingHost>

/** Maximum number of editing hosts that a host sees. */
export const maxEditingHosts = 20

/** Time after its last sign at which an edit counts as over. Editors repeat their sign three times in it. */
export const editingTtlMs = 12_000
