import { Type, type Static } from 'typebox'
import { Exactly, Id, Nullable, OneOf, TimeMs } from './primitives.ts'

/** The shown fields of a song or track. `link` opens it at its source. */
export const trackFields = {
  title: Type.String(),
  artists: Type.Array(Type.String()),
  /** Page of the first artist, if there is one. */
  artistUrl: Type.Optional(Nullable(Type.String())),
  album: Nullable(Type.String()),
  durationMs: Type.Integer({ minimum: 0 }),
  artworkUrl: Nullable(Type.String()),
  link: Nullable(Type.String()),
  available: Type.Boolean()
}

const spotifyItem = {
  id: 'kD0nq7Zm',
  kind: 'spotify',
  trackId: '11dFghVXANMlKmJXsNCbNl',
  title: 'A track',
  artists: ['An artist'],
  album: 'An album',
  durationMs: 215_000,
  artworkUrl: 'https://i.scdn.co/image/artwork',
  link: 'https://open.spotify.com/track/11dFghVXANMlKmJXsNCbNl',
  available: true
}

/** One item of a show's playlist: a song of the creator, or the metadata of a Spotify track. */
export const PlaylistItem = Exactly(
  {
    id: Id,
    kind: OneOf(['song', 'spotify']),
    songId: Type.Optional(Id),
    trackId: Type.Optional(Id),
    artistKey: Type.Optional(Type.String({ ...Id, description: "Key of the artist's card, where there may be one" })),
    ...trackFields
  },
  { examples: [spotifyItem] }
)
export type PlaylistItem = Static<typeof PlaylistItem>

/** The state of the player: at server time `at`, the item is at `positionMs`. */
export const Playback = Exactly(
  {
    status: OneOf(['stopped', 'playing', 'paused']),
    item: Nullable(PlaylistItem),
    positionMs: Type.Integer({ minimum: 0 }),
    at: TimeMs,
    producerId: Nullable(Id)
  },
  { examples: [{ status: 'playing', item: spotifyItem, positionMs: 63_000, at: 1_803_927_600_000, producerId: null }] }
)
export type Playback = Static<typeof Playback>

/** Returns a stopped player, from `at` on. */
export function stoppedPlayback(at: number): Playback {
  return { status: 'stopped', item: null, positionMs: 0, at, producerId: null }
}
