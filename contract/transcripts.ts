import { Type, type Static } from 'typebox'
import { pageQuery } from './paging.ts'
import { Count, Exactly, Id, Nullable, OneOf, TimeMs } from './primitives.ts'
import { Person } from './users.ts'

/**
 * Status of a show's transcript: `none`, nobody asked for one; `waiting` for the recording or the transcriber;
 * `failed` with a reason, may be asked for again.
 */
export const TranscriptStatus = OneOf(['none', 'waiting', 'ready', 'failed'])
export type TranscriptStatus = Static<typeof TranscriptStatus>

/** A piece of speech of one person, a sentence or less. Times are server times; see the stretches of a replay. */
export const TranscriptSegment = Exactly({ from: TimeMs, to: TimeMs, userId: Id, text: Type.String() })
export type TranscriptSegment = Static<typeof TranscriptSegment>

/** The part of a show's talk that was a person's. */
export const TalkShare = Exactly({
  person: Person,
  talkMs: Count,
  share: Type.Number({ minimum: 0, maximum: 1, description: 'A share from 0 to 1' })
})
export type TalkShare = Static<typeof TalkShare>

/**
 * Answer of `GET /v1/shows/:showId/transcript`: its state, topics, and who talked how much. Listeners of a trimmed
 * replay get no topics and no talk, which may be those of what was cut off.
 */
export const Transcript = Exactly({
  showId: Id,
  status: TranscriptStatus,
  reason: Nullable(Type.String({ description: 'Why it failed, or waits until tomorrow; for hosts' })),
  language: Nullable(Type.String()),
  topics: Type.Array(Type.String()),
  talk: Type.Array(TalkShare)
})
export type Transcript = Static<typeof Transcript>

/** Query of `GET /v1/shows/:showId/transcript/segments`: all, or those that contain all words. */
export const TranscriptQuery = Exactly({
  ...pageQuery,
  q: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'Beginnings of words' }))
})
export type TranscriptQuery = Static<typeof TranscriptQuery>
