import { toPage } from '../documents/edges.ts'
import { beforeCursor, cursorOf } from '../documents/keyset.ts'
import type { Page } from '../../../contract/paging.ts'
import type { ReplayComment, ReplayCommentsQuery, ReplayReactions, ReplayStretch } from '../../../contract/replays.ts'
import type { CommentDocument } from '../comments/document.ts'
import type { Comments } from '../comments/comments.ts'
import type { AudienceLog } from '../shows/audience-log.ts'
import type { MixedReplay } from './document.ts'
import { noSuchReplay, type ReplayAccess } from './replay-access.ts'
import type { Interval } from './timeline/intervals.ts'
import { durationOf, placeOf, showTimeOf } from './timeline/stretches.ts'

/** Reactions are counted per this time. The log of the audience counts them per second. */
export const reactionIntervalMs = 2000

export interface ReplayMomentsParts {
  access: Pick<ReplayAccess, 'get'>
  comments: Pick<Comments, 'between' | 'toComments'>
  audienceLog: Pick<AudienceLog, 'read'>
}

/** Places the comments and reactions of a show in its replay. */
export function createReplayMoments({ access, comments, audienceLog }: ReplayMomentsParts) {
  async function getMixed(showId: string, callerId: string | null): Promise<MixedReplay> {
    const { replay } = await access.get(showId, callerId)
    if (!replay.mixed) throw noSuchReplay()
    return replay.mixed
  }

  return {
    /** Lists comments from a place on, oldest first. Throws NOT_FOUND, VALIDATION for an invalid cursor. */
    async comments(
      showId: string,
      callerId: string | null,
      { limit, cursor, fromMs = 0 }: ReplayCommentsQuery
    ): Promise<Page<ReplayComment>> {
      const { stretches, recorded } = await getMixed(showId, callerId)
      const range = {
        after: beforeCursor(cursor) ?? ([new Date(showTimeOf(stretches, fromMs) - 1)] as const),
        before: new Date(endOf(stretches)),
        readAhead: limit + 1
      }
      const found: CommentDocument[] = []
      for await (const comment of comments.between(showId, range)) {
        if (isIn(recorded, comment.createdAt.getTime())) found.push(comment)
        if (found.length > limit) break
      }
      const page = found.slice(0, limit)
      const shown = await comments.toComments(page)
      const edges = page.flatMap((document, n) => {
        const comment = shown[n]
        const atMs = placeOf(stretches, document.createdAt.getTime())
        return comment ? [{ cursor: cursorOf(document), node: { atMs, comment } }] : []
      })
      return toPage({ edges, nextCursor: found.length > limit ? (edges.at(-1)?.cursor ?? null) : null })
    },

    /** Returns the reactions of a replay. Throws NOT_FOUND. */
    async reactions(showId: string, callerId: string | null): Promise<ReplayReactions> {
      const { reactions } = await getMixed(showId, callerId)
      return { intervalMs: reactionIntervalMs, items: reactions.map(([atMs, count]) => ({ atMs, count })) }
    },

    /** Counts the reactions of a show at their places, as pairs of place and count. */
    async countReactions(
      showId: string,
      { stretches, recorded }: Pick<MixedReplay, 'stretches' | 'recorded'>
    ): Promise<[number, number][]> {
      const counts = new Map<number, number>()
      const [from, to] = [stretches[0]?.showAt ?? 0, endOf(stretches)]
      for await (const { at, event } of audienceLog.read(showId, 0)) {
        if (event.type !== 'reactions:counted' || at < from || at >= to || !isIn(recorded, at)) continue
        const place = Math.min(placeOf(stretches, at), durationOf(stretches) - 1)
        const atMs = place - (place % reactionIntervalMs)
        counts.set(atMs, (counts.get(atMs) ?? 0) + event.count)
      }
      return [...counts].toSorted(([a], [b]) => a - b)
    }
  }
}

function endOf(stretches: readonly ReplayStretch[]): number {
  const last = stretches.at(-1)
  return last ? last.showAt + last.durationMs : 0
}

function isIn(intervals: readonly Interval[], atMs: number): boolean {
  return intervals.some(({ from, to }) => from <= atMs && atMs < to)
}
