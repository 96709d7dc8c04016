import { Type, type Static } from 'typebox'
import { Count, Exactly, Id, IsoTime, Nullable, OneOf, TimeMs } from './primitives.ts'

/**
 * Reasons why a recording stopped before the end of its show: a host stopped it, `full`, the server has no space left,
 * or `quota`, the creator's space for recordings is used up.
 */
export const recordingEnds = ['host', 'full', 'quota'] as const
export const RecordingEnd = OneOf(recordingEnds)
export type RecordingEnd = (typeof recordingEnds)[number]

/** The recording of a live show. `by` is the host who started it; null when the show's setting did. */
export const ActiveRecording = Exactly({ startedAt: TimeMs, by: Nullable(Id) })
export type ActiveRecording = Static<typeof ActiveRecording>

/** One recorded stint of a speaker: from going on stage, or the start of the recording, to leaving or its stop. */
export const RecordedStint = Exactly({
  id: Id,
  startedAt: IsoTime,
  durationMs: Type.Integer({ minimum: 0 }),
  sizeBytes: Count,
  audioUrl: Type.String({ description: 'Ogg Opus. Acts as a ticket that expires, so do not share it' })
})
export type RecordedStint = Static<typeof RecordedStint>

/** Answer of `GET /v1/shows/:showId/recording/mine`: the caller's own voice in a show, by time. */
export const OwnVoice = Exactly({ items: Type.Array(RecordedStint) })
export type OwnVoice = Static<typeof OwnVoice>

/** Answer of `GET /v1/recordings/space`: the space that the recordings of the caller's shows take, and its limit. */
export const RecordingSpace = Exactly({ usedBytes: Count, limitBytes: Count })
export type RecordingSpace = Static<typeof RecordingSpace>
