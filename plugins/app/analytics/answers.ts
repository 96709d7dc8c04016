import type { AnalyticsMinute, ShowAnalytics, ShowNumbers } from '../../../contract/analytics.ts'
import type { Person } from '../../../contract/users.ts'
import { minuteMs } from './minute-rows.ts'
import type { StartedShow } from '../shows/started-shows.ts'
import type { MinuteColumns, ShowSummary } from './summary.ts'

/** The numbers of one show with the status it has now. */
export interface ShowResult {
  readonly show: StartedShow
  readonly summary: ShowSummary
  /** Listeners who had been in an earlier show of the creator; null when nobody recorded the audience. */
  readonly returning: number | null
  readonly comments: number
  readonly followersGained: number
}

/** Returns the analytics of a show as clients get them. People who are missing in `people` have no account any more. */
export function toAnalytics(result: ShowResult, people: ReadonlyMap<string, Person>): ShowAnalytics {
  const { summary, comments, followersGained } = result
  return {
    ...commonFields(result),
    audience: summary.audience && { ...summary.audience, returnRate: returnRateOf(result) },
    comments,
    followersGained,
    requests: summary.requests,
    minutes: toMinutes(summary.minutes),
    played: summary.played.map(({ from, to, artists, ...item }) => ({
      ...toSpan([from, to]),
      ...item,
      artists: [...artists]
    })),
    speakers: summary.speakers.map(({ userId, talkMs, spans }) => ({
      user: (userId !== null && people.get(userId)) || null,
      talkMs,
      spans: spans.map(toSpan)
    })),
    isTruncated: summary.isTruncated
  }
}

/** Returns the main numbers of a show. */
export function toNumbers(result: ShowResult): ShowNumbers {
  const { summary, comments, followersGained } = result
  const { audience } = summary
  return {
    ...commonFields(result),
    listeners: audience && audience.listeners,
    peak: audience && audience.peak,
    average: audience && audience.average,
    joins: audience && audience.joins,
    returnRate: returnRateOf(result),
    comments,
    reactions: audience && audience.reactions,
    followersGained
  }
}

function commonFields({ show, summary }: ShowResult) {
  return {
    showId: show._id,
    title: show.title,
    status: show.status,
    startedAt: show.startedAt.toISOString(),
    endedAt: show.endedAt?.toISOString() ?? null,
    durationMs: summary.endMs - summary.startedAt,
    talkMs: summary.talkMs
  }
}

function returnRateOf({ summary: { audience }, returning }: ShowResult): number | null {
  return !audience || returning === null || audience.listeners === 0 ? null : returning / audience.listeners
}

function toSpan([from, to]: readonly [from: number, to: number]) {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
}

function toMinutes({ first, ...columns }: MinuteColumns): AnalyticsMinute[] {
  return columns.listeners.map((listeners, index) => ({
    at: new Date((first + index) * minuteMs).toISOString(),
    listeners,
    maxListeners: columns.maxListeners[index] ?? null,
    joins: columns.joins[index] ?? null,
    leaves: columns.leaves[index] ?? null,
    comments: columns.comments[index] ?? null,
    reactions: columns.reactions[index] ?? null
  }))
}
