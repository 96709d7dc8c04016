import type { FastifyBaseLogger } from 'fastify'
import type { Shows } from '../shows/shows.ts'
import type { StartedShow } from '../shows/started-shows.ts'
import type { Results } from './results.ts'
import type { ShowAnalyticsDocument, StoredAnalytics } from './stored-analytics.ts'

/** Time after the end of a show until everything is stored. Its result is not stored before. */
export const settleMs = 60_000
const dayMs = 24 * 3_600_000
/** Earlier shows of a creator whose results are stored first, because a return rate needs them. */
const earlierMs = 30 * dayMs
/** Ended shows that a run looks for. The first run after a start looks for those of `earlierMs`. */
const recentMs = 2 * dayMs

export interface FinishingParts {
  results: Pick<Results, 'compute'>
  stored: Pick<StoredAnalytics, 'find' | 'withResult'>
  shows: Pick<Shows, 'endedShows' | 'findStarted' | 'listIdsEndedSince'>
  logger: Pick<FastifyBaseLogger, 'warn'>
  nowMs: () => number
}

export type Finishing = ReturnType<typeof createFinishing>

/** Stores the results of shows once they have ended. */
export function createFinishing({ results, stored, shows, logger, nowMs }: FinishingParts) {
  const running = new Map<string, Promise<ShowAnalyticsDocument>>()
  let lookBackMs = earlierMs

  function isSettled({ status, endedAt }: Pick<StartedShow, 'status' | 'endedAt'>): boolean {
    return status === 'ended' && endedAt !== null && endedAt.getTime() + settleMs <= nowMs()
  }

  /** Stores the results of the shows before it that are missing, and then its own. */
  async function finishInOrder(show: StartedShow): Promise<ShowAnalyticsDocument> {
    const { creatorId, startedAt } = show
    const from = new Date(startedAt.getTime() - earlierMs)
    const earlier = await shows.endedShows(creatorId, { from, before: startedAt })
    const done = await stored.withResult(earlier.map(({ _id }) => _id))
    for (const before of earlier) if (!done.has(before._id)) await results.compute(before)
    return (await stored.find(show._id)) ?? (await results.compute(show))
  }

  /** Returns the result of an ended show, and stores it if need be. Concurrent calls compute it once. */
  async function resultOf(show: StartedShow): Promise<ShowAnalyticsDocument> {
    const found = await stored.find(show._id)
    if (found) return found
    const already = running.get(show._id)
    if (already) return await already
    const finishing = finishInOrder(show).finally(() => running.delete(show._id))
    running.set(show._id, finishing)
    return await finishing
  }

  return {
    /** Whether a show ended long enough ago for its result. */
    isSettled,
    resultOf,

    /** Stores the results of shows that have ended recently. */
    async finishEnded(): Promise<void> {
      const showIds = await shows.listIdsEndedSince(new Date(nowMs() - lookBackMs))
      const done = await stored.withResult(showIds)
      for (const showId of showIds) {
        const show = done.has(showId) ? undefined : await shows.findStarted(showId)
        if (!show || !isSettled(show)) continue
        await resultOf(show).catch((error: unknown) => {
          logger.warn({ err: error, showId }, 'analytics of a show not stored')
        })
      }
      lookBackMs = recentMs
    }
  }
}
