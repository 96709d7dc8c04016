import { Type, type Static } from 'typebox'
import { pageQuery } from './paging.ts'
import { Exactly, Id, IsoTime, Nullable, OneOf } from './primitives.ts'

/** What becomes of an upload. */
export const songStatuses = ['processing', 'ready', 'failed'] as const
export const SongStatus = OneOf(songStatuses)
export type SongStatus = (typeof songStatuses)[number]

/**
 * Why an upload became no song: `notAudio`, no sound that can be decoded; `tooLong`; `tooDemanding`, decoding it took
 * too much memory or time; `quota`, the person's space is used up; `interrupted`, the server did not get through in
 * several tries.
 */
export const songFailures = ['notAudio', 'tooLong', 'tooDemanding', 'quota', 'interrupted'] as const
export const SongFailure = OneOf(songFailures)
export type SongFailure = (typeof songFailures)[number]

/** How many peaks a song has, whatever its length. */
export const peakCount = 200

/**
 * One of the caller's songs. `title`, `artist` and `album` are of the file's tags; `audioUrl`, once it is ready, is
 * good for some minutes.
 */
export const Song = Exactly(
  {
    id: Id,
    title: Type.String(),
    artist: Nullable(Type.String()),
    album: Nullable(Type.String()),
    durationMs: Type.Integer({ minimum: 0, description: '0 until it is ready' }),
    artworkUrl: Nullable(Type.String()),
    peaks: Type.Array(Type.Number({ minimum: 0, maximum: 1 }), {
      maxItems: peakCount,
      description: 'How loud it is from beginning to end; empty until it is ready'
    }),
    status: SongStatus,
    reason: Nullable(SongFailure),
    sizeBytes: Type.Integer({ minimum: 0, description: "What it takes of the person's space" }),
    audioUrl: Nullable(Type.String({ description: 'Ogg Opus, with a ticket in it: nothing to pass on' })),
    createdAt: IsoTime
  },
  {
    examples: [
      {
        id: 'm8Qz0LrTw3Xa',
        title: 'A song',
        artist: 'An artist',
        album: null,
        durationMs: 215_000,
        artworkUrl: null,
        peaks: [0.2, 0.7, 1, 0.4],
        status: 'ready',
        reason: null,
        sizeBytes: 2_650_000,
        audioUrl: '/v1/songs/m8Qz0LrTw3Xa/audio?ticket=kDn1u4ZmT7q0',
        createdAt: '2027-02-22T10:00:00.000Z'
      }
    ]
  }
)
export type Song = Static<typeof Song>

/** Query of `GET /v1/songs`: `q` are beginnings of words of title, artist and album. */
export const SongsQuery = Exactly({
  ...pageQuery,
  q: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: 'Beginnings of words of title, artist and album' })
  )
})
export type SongsQuery = Static<typeof SongsQuery>

/** How a song gets on, told to its owner; `progress` is from 0 to 1. */
export const SongUpdate = Exactly(
  {
    songId: Id,
    status: SongStatus,
    progress: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    reason: Type.Optional(SongFailure)
  },
  {
    examples: [
      { songId: 'm8Qz0LrTw3Xa', status: 'processing', progress: 0.4 },
      { songId: 'm8Qz0LrTw3Xa', status: 'failed', reason: 'notAudio' }
    ]
  }
)
export type SongUpdate = Static<typeof SongUpdate>

/**
 * Answer of `GET /v1/songs/space`: what the caller's songs take, what they may take, and how large one upload may be.
 */
export const SongSpace = Exactly(
  {
    usedBytes: Type.Integer({ minimum: 0 }),
    limitBytes: Type.Integer({ minimum: 0 }),
    largestUploadBytes: Type.Integer({ minimum: 0 })
  },
  { examples: [{ usedBytes: 734_003_200, limitBytes: 5_368_709_120, largestUploadBytes: 104_857_600 }] }
)
export type SongSpace = Static<typeof SongSpace>
