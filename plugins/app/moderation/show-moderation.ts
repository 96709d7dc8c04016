import { CodedError } from '../../../contract/errors.ts'
import type { Ban, Member, MembersQuery, ShowDecision } from '../../../contract/moderation.ts'
import type { Page, PageQuery } from '../../../contract/paging.ts'
import type { Users } from '../people/users.ts'
import type { LiveShows } from '../shows/live-shows.ts'
import type { ShowEvents } from '../shows/show-events.ts'
import type { ShowGuard } from '../shows/show-guard.ts'
import { personIn } from '../shows/unknown-person.ts'
import { decisionIn, decisionTypes, type Decision } from './decisions.ts'
import { memberPage } from './member-page.ts'
import { afterSeq, seqCursor } from './seq-cursor.ts'

/** A decision with its place in the show's event log. */
interface LoggedDecision extends Decision {
  seq: number
  at: number
}

type LoggedBan = Omit<LoggedDecision, 'type'>

/** Types of the events that ban a person or lift a ban. */
const banTypes = ['member:removed', 'member:unbanned'] as const

/** Number of bans that are checked at a time. */
const bansAtOnce = 50

export interface ShowModerationParts {
  showGuard: Pick<ShowGuard, 'authorize'>
  showEvents: Pick<ShowEvents, 'newest' | 'about'>
  liveShows: Pick<LiveShows, 'command' | 'members' | 'findStatus'>
  users: Pick<Users, 'people'>
}

export type ShowModeration = ReturnType<typeof createShowModeration>

/** Decisions and bans of a show, and its members. */
export function createShowModeration({ showGuard, showEvents, liveShows, users }: ShowModerationParts) {
  /** Throws NOT_FOUND, FORBIDDEN, SHOW_NOT_LIVE, SHOW_ENDED. */
  async function assertLiveForHost(showId: string, callerId: string): Promise<void> {
    const { status: storedStatus } = await showGuard.authorize('moderate', showId, callerId)
    const status = liveShows.findStatus(showId)?.status ?? storedStatus
    if (status === 'scheduled') throw new CodedError('SHOW_NOT_LIVE', 'The show is not live yet.')
    if (status === 'ended') throw new CodedError('SHOW_ENDED', 'The show has ended.')
  }

  /** Returns at most `count` decisions, newest first. */
  async function findDecisions(
    showId: string,
    creatorId: string,
    beforeSeq: number | undefined,
    count: number
  ): Promise<LoggedDecision[]> {
    const decisions: LoggedDecision[] = []
    for await (const { seq, at, event } of showEvents.newest(showId, {
      types: decisionTypes,
      beforeSeq,
      isDoneToPerson: true
    })) {
      const decision = decisionIn(event, creatorId)
      if (decision) decisions.push({ ...decision, seq, at })
      if (decisions.length === count) break
    }
    return decisions
  }

  /**
   * Adds the place of the newest decision on each of some people where it is not known yet. Each person is looked up
   * once, however often hosts banned them.
   */
  async function addNewest(newestSeqs: Map<string, number>, showId: string, bans: readonly LoggedBan[]): Promise<void> {
    const unknown = new Set(bans.map(({ userId }) => userId).filter(userId => !newestSeqs.has(userId)))
    if (unknown.size === 0) return
    for await (const { seq, event } of showEvents.about(showId, [...unknown], banTypes)) {
      // A removal without a ban does not lift an earlier ban.
      const isDecision = event.type === 'member:unbanned' || event.ban
      if (isDecision && unknown.delete(event.userId)) newestSeqs.set(event.userId, seq)
      if (unknown.size === 0) return
    }
  }

  /**
   * Returns at most `count` bans in force, newest first: those not lifted, and not replaced by a newer one. Reads the
   * log in slices.
   */
  async function findBans(showId: string, beforeSeq: number | undefined, count: number): Promise<LoggedBan[]> {
    const newestSeqs = new Map<string, number>()
    const found: LoggedBan[] = []
    let slice: LoggedBan[] = []
    async function takeSlice(): Promise<void> {
      await addNewest(newestSeqs, showId, slice)
      found.push(...slice.filter(({ userId, seq }) => newestSeqs.get(userId) === seq))
      slice = []
    }
    for await (const { seq, at, event } of showEvents.newest(showId, { types: ['member:removed'], beforeSeq })) {
      if (event.ban) slice.push({ seq, at, userId: event.userId, by: event.by })
      if (slice.length < bansAtOnce) continue
      await takeSlice()
      if (found.length >= count) break
    }
    await takeSlice()
    return found.slice(0, count)
  }

  async function readPeople(decisions: readonly Pick<LoggedDecision, 'userId' | 'by'>[]) {
    const people = await users.people(decisions.flatMap(({ userId, by }) => (by === null ? [userId] : [userId, by])))
    return {
      user: (userId: string) => personIn(people, userId),
      by: (userId: string | null) => (userId === null ? null : personIn(people, userId))
    }
  }

  return {
    /** For the creator. Newest first. Throws NOT_FOUND, FORBIDDEN, VALIDATION. */
    async decisions(showId: string, callerId: string, { limit, cursor }: PageQuery): Promise<Page<ShowDecision>> {
      const { creatorId } = await showGuard.authorize('change', showId, callerId)
      const found = await findDecisions(showId, creatorId, afterSeq(cursor), limit + 1)
      const page = found.slice(0, limit)
      const people = await readPeople(page)
      return {
        items: page.map(({ seq, at, type, by, userId }) => ({
          id: String(seq),
          at: new Date(at).toISOString(),
          type,
          by: people.by(by),
          user: people.user(userId)
        })),
        nextCursor: seqCursor(found, limit)
      }
    },

    /** For hosts. Newest first. Throws NOT_FOUND, FORBIDDEN, VALIDATION. */
    async bans(showId: string, callerId: string, { limit, cursor }: PageQuery): Promise<Page<Ban>> {
      await showGuard.authorize('moderate', showId, callerId)
      const found = await findBans(showId, afterSeq(cursor), limit + 1)
      const page = found.slice(0, limit)
      const people = await readPeople(page)
      return {
        items: page.map(({ at, by, userId }) => ({
          user: people.user(userId),
          by: people.by(by),
          at: new Date(at).toISOString()
        })),
        nextCursor: seqCursor(found, limit)
      }
    },

    /** Lifts a ban. Throws NOT_FOUND (also without a ban), FORBIDDEN, SHOW_NOT_LIVE, SHOW_ENDED. */
    async unban(showId: string, callerId: string, userId: string): Promise<void> {
      await assertLiveForHost(showId, callerId)
      await liveShows.command(showId, { kind: 'user', userId: callerId }, { type: 'member:unban', userId })
    },

    /**
     * Returns the members of a live show by name. Throws NOT_FOUND, FORBIDDEN, SHOW_NOT_LIVE, SHOW_ENDED, VALIDATION.
     */
    async members(showId: string, callerId: string, query: MembersQuery): Promise<Page<Member>> {
      await assertLiveForHost(showId, callerId)
      return memberPage(await liveShows.members(showId, { kind: 'user', userId: callerId }), query)
    }
  }
}
