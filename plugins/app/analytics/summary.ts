import type { AudienceAnalytics, RequestAnalytics } from '../../../contract/analytics.ts'
import type { AudienceNumbers } from './audience-fold.ts'
import type { FoldedShow } from './fold-analytics.ts'
import type { Played } from './log-fold.ts'
import { minuteOf, type MinuteRow } from './minute-rows.ts'
import type { TalkSpan } from './talk-fold.ts'

/** Minutes of a show that are kept at most: a week. */
const maxMinutes = 7 * 24 * 60

/** The talk of one person. `userId` is null for an erased account. Spans are ms since the epoch. */
export interface SpeakerSummary {
  readonly userId: string | null
  readonly talkMs: number
  readonly spans: readonly (readonly [from: number, to: number])[]
}

/** Values of the minutes of a show, from the minute with the number `first` on. Null where nobody recorded them. */
export interface MinuteColumns {
  readonly first: number
  readonly listeners: readonly (number | null)[]
  readonly maxListeners: readonly (number | null)[]
  readonly joins: readonly (number | null)[]
  readonly leaves: readonly (number | null)[]
  readonly comments: readonly (number | null)[]
  readonly reactions: readonly (number | null)[]
}

/** The analytics of one show up to a time, without names and without anybody who only listened. Times are ms. */
export interface ShowSummary {
  readonly startedAt: number
  readonly endMs: number
  readonly audience: Omit<AudienceAnalytics, 'returnRate'> | null
  /** Null when nobody recorded the audience. */
  readonly comments: number | null
  readonly talkMs: number
  readonly requests: RequestAnalytics
  readonly minutes: MinuteColumns
  readonly played: readonly Played[]
  /** By talk time, longest first. */
  readonly speakers: readonly SpeakerSummary[]
  readonly isTruncated: boolean
}

export interface SummaryRange {
  /** The start of a show whose log does not say it. */
  startedAt: number
  /** The end of a show that has none in its log: now for a live one, and null for the time of its last record. */
  endMs: number | null
}

/** Returns the analytics of a show from its start to its end. */
export function summarise({ log, audience }: FoldedShow, range: SummaryRange): ShowSummary {
  const start = log.startedAt ?? range.startedAt
  const lastAt = Math.max(log.cursor.at, audience.cursor.at)
  const endMs = Math.max(start, log.endedAt ?? range.endMs ?? lastAt)
  const numbers = audience.firstAt === null ? null : audience.upTo(endMs)
  const talk = log.talk.upTo(endMs)
  const played = log.played(endMs)
  const minutes = columnsOf(numbers, { startedAt: start, endMs, recordedFrom: audience.firstAt })
  return {
    startedAt: start,
    endMs,
    audience: numbers && audienceOf(numbers, endMs - start),
    comments: numbers && numbers.comments,
    talkMs: [...talk.talkMs.values()].reduce((sum, ms) => sum + ms, 0),
    requests: { ...log.requests, averageWaitMs: log.waits.averageMs, medianWaitMs: log.waits.medianMs },
    minutes: minutes.columns,
    played: played.spans,
    speakers: speakersOf(talk),
    isTruncated: talk.isTruncated || played.isTruncated || minutes.isTruncated
  }
}

function audienceOf(numbers: AudienceNumbers, durationMs: number): NonNullable<ShowSummary['audience']> {
  const { comments, rows, stayMs, ...audience } = numbers
  return { ...audience, average: durationMs === 0 ? 0 : Math.round((stayMs / durationMs) * 100) / 100 }
}

function speakersOf({ talkMs, spans }: { talkMs: Map<string, number>; spans: TalkSpan[] }): SpeakerSummary[] {
  const spansOf = Map.groupBy(spans, ({ userId }) => userId)
  return [...talkMs]
    .map(([userId, ms]) => ({
      userId,
      talkMs: ms,
      spans: (spansOf.get(userId) ?? []).map(({ from, to }) => [from, to] as const)
    }))
    .toSorted((a, b) => b.talkMs - a.talkMs || (a.spans[0]?.[0] ?? 0) - (b.spans[0]?.[0] ?? 0))
}

interface MinuteRange {
  readonly startedAt: number
  readonly endMs: number
  /** Time of the first audience event; null without any. */
  readonly recordedFrom: number | null
}

/** Fills the minutes in which nothing happened. Counts from just after the end are in the last minute. */
function columnsOf(
  numbers: AudienceNumbers | null,
  { startedAt, endMs, recordedFrom }: MinuteRange
): { columns: MinuteColumns; isTruncated: boolean } {
  const first = minuteOf(startedAt)
  const wanted = minuteOf(Math.max(startedAt, endMs - 1)) - first + 1
  const count = Math.min(wanted, maxMinutes)
  const rows = new Map<number, MinuteRow>()
  for (const [minute, row] of [...(numbers?.rows ?? [])].toSorted(([a], [b]) => a - b)) {
    const index = Math.min(Math.max(minute - first, 0), count - 1)
    rows.set(index, joinRows(rows.get(index), row))
  }
  const unknownUpTo = recordedFrom === null ? count : minuteOf(recordedFrom) - first
  let level = 0
  const filled = Array.from({ length: count }, (_, index) => {
    const { max, end, ...counts } = rows.get(index) ?? {
      joins: 0,
      leaves: 0,
      comments: 0,
      reactions: 0,
      max: null,
      end: null
    }
    const values = { ...counts, listeners: end ?? level, maxListeners: max ?? level }
    level = values.listeners
    return index < unknownUpTo ? null : values
  })
  const column = (name: Exclude<keyof MinuteColumns, 'first'>) => filled.map(row => row && row[name])
  return {
    columns: {
      first,
      listeners: column('listeners'),
      maxListeners: column('maxListeners'),
      joins: column('joins'),
      leaves: column('leaves'),
      comments: column('comments'),
      reactions: column('reactions')
    },
    isTruncated: wanted > count
  }
}

/** The later row comes second. */
function joinRows(before: MinuteRow | undefined, row: MinuteRow): MinuteRow {
  if (!before) return row
  return {
    joins: before.joins + row.joins,
    leaves: before.leaves + row.leaves,
    comments: before.comments + row.comments,
    reactions: before.reactions + row.reactions,
    max: before.max === null ? row.max : Math.max(before.max, row.max ?? 0),
    end: row.end ?? before.end
  }
}
