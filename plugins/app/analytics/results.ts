import type { Users } from '../people/users.ts'
import type { StartedShow } from '../shows/started-shows.ts'
import type { CreatorAudience } from './creator-audience.ts'
import { createFoldedShow } from './fold-analytics.ts'
import { readOn, type FoldReaderParts } from './fold-cache.ts'
import type { ShowAnalyticsDocument, StoredAnalytics } from './stored-analytics.ts'
import { summarise } from './summary.ts'

export interface ResultsParts extends FoldReaderParts {
  stored: Pick<StoredAnalytics, 'put' | 'removeOfShow'>
  audience: Pick<CreatorAudience, 'add' | 'returning'>
  /** Returns a show that has started; undefined for others. */
  findStarted(showId: string): Promise<StartedShow | undefined>
  users: Pick<Users, 'people'>
  nowMs: () => number
}

export type Results = ReturnType<typeof createResults>

/** Computes the results of ended shows from their logs. Safe to repeat, also on several nodes. */
export function createResults(parts: ResultsParts) {
  const { stored, audience, findStarted, users, nowMs } = parts

  /** Computes and stores the result of a show. Earlier shows of the creator must have theirs. */
  async function compute(show: StartedShow): Promise<ShowAnalyticsDocument> {
    const { _id, creatorId } = show
    const folded = createFoldedShow()
    await readOn(folded, _id, parts)
    const summary = summarise(folded, { startedAt: show.startedAt.getTime(), endMs: null })
    const people = [...folded.audience.people]
    await audience.add(creatorId, people, summary.startedAt)
    const returning = summary.audience && (await audience.returning(creatorId, people, summary.startedAt)).size
    const known = await users.people(summary.speakers.flatMap(({ userId }) => userId ?? []))
    const speakers = summary.speakers.map(speaker => ({
      ...speaker,
      userId: speaker.userId !== null && known.has(speaker.userId) ? speaker.userId : null
    }))
    const document = { _id, creatorId, storedAt: new Date(nowMs()), summary: { ...summary, speakers }, returning }
    await stored.put(document)
    // The show may have been removed meanwhile.
    if (!(await findStarted(_id))) await stored.removeOfShow(_id)
    return document
  }

  return {
    compute,

    /**
     * Computes the results of shows again. Shows that have not ended are left out. `onDone` gets the number of shows
     * that are done. Returns the number of results.
     */
    async rebuild(showIds: Iterable<string>, onDone: (count: number) => void = () => {}): Promise<number> {
      let [done, computed] = [0, 0]
      for (const showId of showIds) {
        const show = await findStarted(showId)
        if (show?.status === 'ended') {
          await compute(show)
          computed++
        }
        onDone(++done)
      }
      return computed
    }
  }
}
