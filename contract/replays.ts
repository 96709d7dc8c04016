import { Type, type Static } from 'typebox'
import { Comment } from './comments.ts'
import { pageQuery } from './paging.ts'
import { trackFields } from './playback.ts'
import { Count, Exactly, Id, IsoTime, Nullable, OneOf, TimeMs, Version } from './primitives.ts'
import { CoverUrl } from './shows.ts'
import { Person } from './users.ts'

/** A place in a replay: ms from the beginning of its audio, after trimming. */
const AtMs = Type.Integer({ minimum: 0, description: 'Place in the replay, ms from its beginning' })
const DurationMs = Type.Integer({ minimum: 0, description: 'Milliseconds' })

/** Maximum number of peaks of a replay's waveform. */
export const maxReplayPeaks = 2000

/**
 * `processing`: the audio is being mixed; `failed`: mixing failed, and is tried again by `POST …/replay/mix`.
 */
export const ReplayStatus = OneOf(['processing', 'ready', 'failed'])
export type ReplayStatus = Static<typeof ReplayStatus>

/**
 * A stretch of the show that follows the one before without a gap in the replay. The server time of a place in it is
 * `showAt + (place - atMs)`. What lies between two stretches was left out: music without the right to be replayed.
 */
export const ReplayStretch = Exactly({ atMs: AtMs, durationMs: DurationMs, showAt: TimeMs })
export type ReplayStretch = Static<typeof ReplayStretch>

/**
 * An item that the show played. `played`: it is heard in the replay. Otherwise it is a card, shown from `atMs` on, for
 * a song whose owner does not allow it in replays, or for a Spotify track.
 */
export const ReplayItem = Exactly({
  atMs: AtMs,
  durationMs: DurationMs,
  played: Type.Boolean(),
  kind: OneOf(['song', 'spotify']),
  title: trackFields.title,
  artists: trackFields.artists,
  artworkUrl: trackFields.artworkUrl,
  link: trackFields.link
})
export type ReplayItem = Static<typeof ReplayItem>

/** A chapter: a song or card, somebody who came on stage, or the beginning. */
export const ReplayChapter = Exactly({ atMs: AtMs, title: Type.String() })
export type ReplayChapter = Static<typeof ReplayChapter>

/** Beginning and end of a span: places in the replay, ms. */
const Span = Type.Unsafe<[number, number]>(Type.Array(AtMs, { minItems: 2, maxItems: 2, examples: [[1000, 4000]] }))

/** A person who is heard. `spans` are their speech as pairs of beginning and end. */
export const ReplaySpeaker = Exactly({
  person: Person,
  talkMs: DurationMs,
  spans: Type.Array(Span)
})
export type ReplaySpeaker = Static<typeof ReplaySpeaker>

/** One file of the mixed audio. The address works without a token, and supports Range. */
export const ReplayAudio = Exactly({ format: OneOf(['opus', 'mp3']), url: Type.String(), sizeBytes: Count })
export type ReplayAudio = Static<typeof ReplayAudio>

/** The parts cut off, ms: `startMs` from the beginning, `endMs` from the end of the untrimmed replay. */
export const ReplayTrim = Exactly({
  startMs: Type.Integer({ minimum: 0, maximum: 86_400_000 }),
  endMs: Type.Integer({ minimum: 0, maximum: 86_400_000 })
})
export type ReplayTrim = Static<typeof ReplayTrim>

/** A replay was taken down by operators, who gave this reason. */
export const ReplayTakedown = Exactly({ reason: Type.String(), at: IsoTime })
export type ReplayTakedown = Static<typeof ReplayTakedown>

/**
 * Answer of `GET /v1/shows/:showId/replay`. Unpublished ones are shown to the creator and the co-hosts of the show
 * only; `audio` is empty until the status is `ready`. `untrimmedMs` and `trim` are the creator's. One that is
 * `takenDown` is not published, and cannot be published.
 */
export const Replay = Exactly({
  showId: Id,
  title: Type.String(),
  coverUrl: Type.Optional(CoverUrl),
  creator: Person,
  status: ReplayStatus,
  publishedAt: Nullable(IsoTime),
  takenDown: Nullable(ReplayTakedown),
  version: Version,
  durationMs: DurationMs,
  untrimmedMs: DurationMs,
  trim: ReplayTrim,
  audio: Type.Array(ReplayAudio),
  peaks: Type.Array(Type.Number({ minimum: 0, maximum: 1 }), { maxItems: maxReplayPeaks }),
  stretches: Type.Array(ReplayStretch),
  items: Type.Array(ReplayItem),
  chapters: Type.Array(ReplayChapter),
  speakers: Type.Array(ReplaySpeaker),
  captionsUrl: Nullable(Type.String({ description: 'WebVTT with the names of the speakers' }))
})
export type Replay = Static<typeof Replay>

/**
 * Body of `PATCH /v1/shows/:showId/replay`. A stale version is a CONFLICT. Publishing one that was taken down is
 * TAKEN_DOWN.
 */
export const ReplayPatch = Exactly({
  published: Type.Optional(Type.Boolean()),
  trim: Type.Optional(ReplayTrim),
  version: Version
})
export type ReplayPatch = Static<typeof ReplayPatch>

/** Query of `GET /v1/shows/:showId/replay/comments`: those from a place on, oldest first. */
export const ReplayCommentsQuery = Exactly({
  ...pageQuery,
  fromMs: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 86_400_000, description: 'Place in the replay from which on, ms' })
  )
})
export type ReplayCommentsQuery = Static<typeof ReplayCommentsQuery>

/** A comment at its place. */
export const ReplayComment = Exactly({ atMs: AtMs, comment: Comment })
export type ReplayComment = Static<typeof ReplayComment>

/** Reactions at their places, counted per `intervalMs`. */
export const ReplayReactions = Exactly({
  intervalMs: DurationMs,
  items: Type.Array(Exactly({ atMs: AtMs, count: Count }))
})
export type ReplayReactions = Static<typeof ReplayReactions>

/**
 * Answer of `GET /v1/shows/:showId/replay/chapters.json`, in the format of podcast players:
 * https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/chapters/jsonChapters.md
 */
export const PodcastChapters = Exactly({
  version: Type.String(),
  chapters: Type.Array(Exactly({ startTime: Type.Number({ description: 'Seconds' }), title: Type.String() }))
})
export type PodcastChapters = Static<typeof PodcastChapters>
