import { Type, type Static } from 'typebox'
import { JingleMark } from './jingles.ts'
import { pageQuery } from './paging.ts'
import { Exactly, Id, IsoTime, Nullable, OneOf } from './primitives.ts'
import { SongText } from './text.ts'

/** Status of an upload. */
export const songStatuses = ['processing', 'ready', 'failed'] as const
export const SongStatus = OneOf(songStatuses)
export type SongStatus = (typeof songStatuses)[number]

/**
 * Why an upload failed: `notAudio`, it has no sound that can be decoded; `tooLong`; `tooDemanding`, decoding it took
 * too much memory or time; `quota`, the person's space is used up; `interrupted`, several attempts were interrupted.
 */
export const songFailures = ['notAudio', 'tooLong', 'tooDemanding', 'quota', 'interrupted'] as const
export const SongFailure = OneOf(songFailures)
export type SongFailure = (typeof songFailures)[number]

/**
 * Causes of the failure `notAudio` of an upload: `unknownFormat`, its format is none that the server reads; `noAudio`,
 * it has no sound; `unsupportedCodec`, the server cannot decode its sound; `damaged`, decoding stopped before its end;
 * `loudness`, the finished song missed the loudness or the length of its source.
 */
export const songFailureCauses = ['unknownFormat', 'noAudio', 'unsupportedCodec', 'damaged', 'loudness'] as const
export const SongFailureDetail = Exactly({
  cause: OneOf(songFailureCauses),
  atMs: Type.Optional(Type.Integer({ minimum: 0, description: 'Where the sound of a damaged file breaks off' }))
})
export type SongFailureDetail = Static<typeof SongFailureDetail>

/** Number of peaks of a song, independent of its duration. */
export const peakCount = 200

export const ReleaseYear = Type.Integer({ minimum: 1000, maximum: 2999, description: 'Year of the first release' })
export const SongLink = Type.String({
  pattern: '^https?://',
  maxLength: 2000,
  description: 'http: or https: address of a page about the song'
})

const rights = {
  mayReplay: Type.Optional(Type.Boolean({ description: 'The song may be heard in replays of shows; absent: false' })),
  mayStream: Type.Optional(
    Type.Boolean({ description: 'The song may be heard in the HTTP stream of a live show; absent: false' })
  )
}

/**
 * One of the caller's songs. `title`, `artist` and `album` come from the tags of the file, until the owner changes
 * them or accepts a proposal. `artistKey` is the key of the artist's card, where there may be one. `audioUrl` is null
 * until the song is ready, and valid for some minutes.
 */
export const Song = Exactly(
  {
    id: Id,
    title: Type.String(),
    artist: Nullable(Type.String()),
    album: Nullable(Type.String()),
    year: Type.Optional(Nullable(ReleaseYear)),
    link: Type.Optional(Nullable(SongLink)),
    artistKey: Type.Optional(Id),
    ...rights,
    jingle: Type.Optional(JingleMark),
    durationMs: Type.Integer({ minimum: 0, description: '0 until the song is ready' }),
    artworkUrl: Nullable(Type.String()),
    peaks: Type.Array(Type.Number({ minimum: 0, maximum: 1 }), {
      maxItems: peakCount,
      description: 'Loudness from beginning to end; empty until the song is ready'
    }),
    status: SongStatus,
    reason: Nullable(SongFailure),
    failure: Type.Optional(SongFailureDetail),
    sizeBytes: Type.Integer({ minimum: 0, description: "Bytes taken of the person's space" }),
    audioUrl: Nullable(Type.String({ description: 'Ogg Opus; the URL has a ticket, so do not share it' })),
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

/**
 * Body of `PATCH /v1/songs/:songId`. Fields that are left out stay as they are; null empties one. `jingle` puts a song
 * of at most 15 s on a pad. CONFLICT: the song is longer or not ready, or its owner has 12 jingles.
 */
export const SongPatch = Exactly({
  title: Type.Optional(SongText),
  artist: Type.Optional(Nullable(SongText)),
  album: Type.Optional(Nullable(SongText)),
  year: Type.Optional(Nullable(ReleaseYear)),
  link: Type.Optional(Nullable(SongLink)),
  ...rights,
  jingle: Type.Optional(Nullable(JingleMark))
})
export type SongPatch = Static<typeof SongPatch>

/** A song that a live show plays, has paused, or is about to play, as everybody who sees the show sees it. */
export const SongOnAir = Exactly({
  songId: Id,
  title: Type.String(),
  artists: Type.Array(Type.String()),
  album: Nullable(Type.String()),
  durationMs: Type.Integer({ minimum: 0 }),
  artworkUrl: Nullable(Type.String())
})
export type SongOnAir = Static<typeof SongOnAir>

/** Songs on air of a show; empty while it plays none, or a track of Spotify. */
export const SongsOnAir = Exactly({ items: Type.Array(SongOnAir) })
export type SongsOnAir = Static<typeof SongsOnAir>

/** Query of `GET /v1/songs`. */
export const SongsQuery = Exactly({
  ...pageQuery,
  q: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: 'Beginnings of words of title, artist and album' })
  )
})
export type SongsQuery = Static<typeof SongsQuery>

/** Progress of a song, sent to its owner; `progress` is from 0 to 1. */
export const SongUpdate = Exactly(
  {
    songId: Id,
    status: SongStatus,
    progress: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    reason: Type.Optional(SongFailure),
    failure: Type.Optional(SongFailureDetail)
  },
  {
    examples: [
      { songId: 'm8Qz0LrTw3Xa', status: 'processing', progress: 0.4 },
      { songId: 'm8Qz0LrTw3Xa', status: 'failed', reason: 'notAudio', failure: { cause: 'damaged', atMs: 4900 } }
    ]
  }
)
export type SongUpdate = Static<typeof SongUpdate>

/**
 * Answer of `GET /v1/songs/space`: the space that the caller's songs take, its limit, and the maximum size of an
 * upload.
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
