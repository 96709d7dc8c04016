import type { CreatorAnalytics, CreatorTotals, ShowAnalytics, ShowNumbers } from '../../../contract/analytics.ts'
import { CodedError } from '../../../contract/errors.ts'
import type { PageQuery } from '../../../contract/paging.ts'
import type { Comments } from '../comments/comments.ts'
import type { Follows } from '../people/follows.ts'
import type { Users } from '../people/users.ts'
import type { LiveShows } from '../shows/live-shows.ts'
import type { ShowGuard } from '../shows/show-guard.ts'
import type { ShowDocument } from '../shows/document.ts'
import type { Shows } from '../shows/shows.ts'
import type { StartedShow } from '../shows/started-shows.ts'
import type { TalkTime } from '../transcripts/transcripts.ts'
import { toAnalytics, toNumbers, type ShowResult } from './answers.ts'
import type { CreatorAudience } from './creator-audience.ts'
import { csvOf } from './csv.ts'
import type { Finishing } from './finishing.ts'
import { createFoldCache, type CachedShow, type FoldReaderParts } from './fold-cache.ts'
import type { StoredAnalytics } from './stored-analytics.ts'
import { summarise } from './summary.ts'

/** Requests for the numbers of shows by one person in a minute. The page of a live show asks every few seconds. */
export const maxShowAnalyticsPerMinute = 60

/** Time after the end of a show in which new followers still count for it. */
const followsAfterMs = 3_600_000

export interface AnalyticsParts extends FoldReaderParts {
  stored: StoredAnalytics
  audience: CreatorAudience
  finishing: Finishing
  shows: Pick<Shows, 'startedShows'>
  showGuard: Pick<ShowGuard, 'authorize'>
  liveShows: Pick<LiveShows, 'findStatus'>
  users: Pick<Users, 'people'>
  follows: Pick<Follows, 'countSince'>
  comments: Pick<Comments, 'countOfShow'>
  nowMs: () => number
}

export type Analytics = ReturnType<typeof createAnalytics>

/** The numbers of shows, for their creators and co-hosts. */
export function createAnalytics(parts: AnalyticsParts) {
  const { stored, audience, finishing, shows, showGuard, liveShows, users, follows, comments, nowMs } = parts
  const cache = createFoldCache(parts)

  /** Asks once for each listener of a live show. */
  async function returningIn(
    { folded, isReturning }: CachedShow,
    creatorId: string,
    startedAt: number
  ): Promise<number> {
    const unknown = [...folded.audience.people].filter(person => !isReturning.has(person))
    const found = await audience.returning(creatorId, unknown, startedAt)
    for (const person of unknown) isReturning.set(person, found.has(person))
    return [...isReturning.values()].filter(Boolean).length
  }

  /** Reads what is new in a show that has no stored result. */
  async function readLive(show: StartedShow): Promise<Pick<ShowResult, 'summary' | 'returning'>> {
    const cached = await cache.read(show._id)
    const summary = summarise(cached.folded, {
      startedAt: show.startedAt.getTime(),
      endMs: show.endedAt?.getTime() ?? nowMs()
    })
    const returning = summary.audience && (await returningIn(cached, show.creatorId, summary.startedAt))
    return { summary, returning }
  }

  async function resultOf(document: StartedShow): Promise<ShowResult> {
    const status = liveShows.findStatus(document._id)?.status ?? document.status
    const show = { ...document, status }
    if (finishing.isSettled(document)) cache.drop(show._id)
    const { summary, returning } = finishing.isSettled(document)
      ? await finishing.resultOf(document)
      : await readLive(document)
    const followedBefore = new Date(summary.endMs + followsAfterMs)
    return {
      ...{ show, summary, returning },
      comments: summary.comments ?? (await comments.countOfShow(show._id)),
      followersGained: await follows.countSince(show.creatorId, show.startedAt, followedBefore)
    }
  }

  /** Throws NOT_FOUND, FORBIDDEN, SHOW_NOT_LIVE for a show that has not started. */
  async function resultFor(showId: string, callerId: string): Promise<ShowAnalytics> {
    const document = await showGuard.authorize('moderate', showId, callerId)
    const { startedAt } = document
    if (startedAt === null) throw new CodedError('SHOW_NOT_LIVE', 'The show has not started yet.')
    const result = await resultOf({ ...document, startedAt })
    const people = await users.people(result.summary.speakers.flatMap(({ userId }) => userId ?? []))
    return toAnalytics(result, people)
  }

  async function numbersOf(document: StartedShow): Promise<ShowNumbers> {
    return toNumbers(await resultOf(document))
  }

  async function totalsOf(creatorId: string): Promise<CreatorTotals> {
    const totals = { shows: 0, durationMs: 0, joins: 0, talkMs: 0, comments: 0, reactions: 0 }
    for await (const summary of stored.numbersOf(creatorId)) {
      totals.shows++
      totals.durationMs += summary.endMs - summary.startedAt
      totals.joins += summary.audience?.joins ?? 0
      totals.talkMs += summary.talkMs
      totals.comments += summary.comments ?? 0
      totals.reactions += summary.audience?.reactions ?? 0
    }
    return { ...totals, listeners: await audience.count(creatorId) }
  }

  return {
    /** For hosts, also while the show is live. Throws NOT_FOUND, FORBIDDEN, SHOW_NOT_LIVE. */
    ofShow: resultFor,

    /** Returns how long each person was heard in an ended show, without checking permissions. */
    async talkOf(document: ShowDocument): Promise<readonly TalkTime[]> {
      const { startedAt } = document
      if (startedAt === null) return []
      const { summary } = await resultOf({ ...document, startedAt })
      return summary.speakers.map(({ userId, talkMs }) => ({ userId, talkMs }))
    },

    /** Returns one row for each minute, as CSV. Throws like `ofShow`. */
    csvOfShow: async (showId: string, callerId: string): Promise<string> => csvOf(await resultFor(showId, callerId)),

    /** Returns a page of the caller's shows, newest first, and on the first page the sums. Throws VALIDATION. */
    async ofCreator(creatorId: string, query: PageQuery): Promise<CreatorAnalytics> {
      const page = await shows.startedShows(creatorId, query)
      const items: ShowNumbers[] = []
      for (const show of page.shows) items.push(await numbersOf(show))
      const totals = query.cursor === undefined ? await totalsOf(creatorId) : null
      return { items, nextCursor: page.nextCursor, totals }
    },

    /** Stores the results of shows that have ended recently, and drops what was kept of live shows. */
    async finishEnded(): Promise<void> {
      cache.dropIdle()
      await finishing.finishEnded()
    },

    /** Drops what is kept of a removed show. */
    forget: cache.drop
  }
}
