import { Type, type Static } from 'typebox'
import { Exactly, Id, Nullable, OneOf, TimeMs } from './primitives.ts'
import { maxSongFadeMs } from './song-gain.ts'

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

const Gain = Type.Number({ minimum: 0, maximum: 1 })

/**
 * A fade of the song that plays. The gain of songs goes from `from` to `to` (linear, 0 to 1; `rampGain` of the SDK has
 * the curve) between `at` and `at + durationMs`, beside the level of songs, and stays there for this playback. `then`:
 * the server's action at its end, and the song plays on without it.
 */
export const SongFade = Exactly(
  {
    at: TimeMs,
    durationMs: Type.Integer({ minimum: 0, maximum: maxSongFadeMs }),
    from: Gain,
    to: Gain,
    then: Type.Optional(OneOf(['pause', 'next', 'stop'], 'What the server does at the end')),
    itemId: Type.Optional(Type.String({ ...Id, description: '`next` plays this item instead of the next one' })),
    positionMs: Type.Optional(Type.Integer({ minimum: 0, description: 'Position at which that item begins' }))
  },
  { examples: [{ at: 1_803_927_660_000, durationMs: 3000, from: 1, to: 0, then: 'pause' }] }
)
export type SongFade = Static<typeof SongFade>

/**
 * The state of the player: at server time `at`, the item is at `positionMs`. A song that follows a fade begins at an
 * `at` that is a moment in the future.
 */
export const Playback = Exactly(
  {
    status: OneOf(['stopped', 'playing', 'paused']),
    item: Nullable(PlaylistItem),
    positionMs: Type.Integer({ minimum: 0 }),
    at: TimeMs,
    producerId: Nullable(Id),
    fade: Type.Optional(SongFade)
  },
  { examples: [{ status: 'playing', item: spotifyItem, positionMs: 63_000, at: 1_803_927_600_000, producerId: null }] }
)
export type Playback = Static<typeof Playback>

/** Returns a stopped player, from `at` on. */
export function stoppedPlayback(at: number): Playback {
  return { status: 'stopped', item: null, positionMs: 0, at, producerId: null }
}
