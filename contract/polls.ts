import { Type, type Static } from 'typebox'
import { Count, Exactly, Id, Nullable, TimeMs } from './primitives.ts'
import { PollOption, PollQuestion } from './text.ts'

/** Bounds of the number of options of a poll. */
export const minPollOptions = 2
export const maxPollOptions = 6
const minPollMs = 5_000
const maxPollMs = 86_400_000

/** The options of a poll, in the order in which they are shown. */
export const PollOptions = Type.Array(PollOption, {
  minItems: minPollOptions,
  maxItems: maxPollOptions,
  uniqueItems: true,
  examples: [['The old one', 'The new one']]
})

/** A poll that a host opens. With `durationMs`, it closes by itself. */
export const PollDraft = Exactly({
  question: PollQuestion,
  options: PollOptions,
  durationMs: Type.Optional(
    Type.Integer({ minimum: minPollMs, maximum: maxPollMs, description: 'Time until the poll closes by itself, ms' })
  )
})
export type PollDraft = Static<typeof PollDraft>

/** Votes for each option of a poll, in the order of the options. */
export const PollCounts = Type.Array(Count, {
  minItems: minPollOptions,
  maxItems: maxPollOptions,
  examples: [[12, 30]]
})

/**
 * The poll of a show: one that is open, or the result of the last one until a host dismisses it. `endsAt` is the server
 * time, ms, when it closes by itself; null when only a host closes it.
 */
export const Poll = Exactly({
  pollId: Id,
  question: PollQuestion,
  options: PollOptions,
  counts: PollCounts,
  isOpen: Type.Boolean(),
  openedAt: TimeMs,
  endsAt: Nullable(TimeMs),
  by: Id
})
export type Poll = Static<typeof Poll>

/** The index of an option, from 0. */
export const OptionIndex = Type.Integer({ minimum: 0, maximum: maxPollOptions - 1 })

/** The caller's own votes in a show: in its poll, and for requested songs. Nobody else sees them. */
export const OwnVotes = Exactly({
  poll: Nullable(Exactly({ pollId: Id, option: OptionIndex })),
  songIds: Type.Array(Id, { description: 'The requested songs that the caller votes for' })
})
export type OwnVotes = Static<typeof OwnVotes>
