import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { CodedError } from '../../../contract/errors.ts'
import type { Ban, Member, MembersQuery, ShowDecision } from '../../../contract/moderation.ts'
import type { Page, PageQuery } from '../../../contract/paging.ts'
import { decisionIn, decisionTypes, type Decided } from './decisions.ts'
import { memberPage } from './member-page.ts'
import { afterSeq, seqCursor } from './seq-cursor.ts'
import { personIn } from '../shows/somebody.ts'

declare module 'fastify' {
  interface FastifyInstance {
    showModeration: ShowModeration
  }
}

/** Something that was decided, with its place in the show's history. */
interface Deed extends Decided {
  seq: number
  at: number
}

export type ShowModeration = ReturnType<typeof createShowModeration>

/** What hosts decided in a show, who is banned from it, and who is in it. */
export function createShowModeration({
  showGuard,
  showEvents,
  liveShows,
  users
}: Pick<FastifyInstance, 'showGuard' | 'showEvents' | 'liveShows' | 'users'>) {
  /** Throws SHOW_NOT_LIVE, SHOW_ENDED. */
  async function requireLive(showId: string, callerId: string): Promise<void> {
    const { status } = await showGuard.require('moderate', showId, callerId)
    const now = liveShows.standing(showId)?.status ?? status
    if (now === 'scheduled') throw new CodedError('SHOW_NOT_LIVE', 'The show is not live yet.')
    if (now === 'ended') throw new CodedError('SHOW_ENDED', 'The show has ended.')
  }

  /** Newest first, at most `count`. */
  async function decided(
    showId: string,
    creatorId: string,
    beforeSeq: number | undefined,
    count: number
  ): Promise<Deed[]> {
    const deeds: Deed[] = []
    for await (const { seq, at, event } of showEvents.newest(showId, { types: decisionTypes, beforeSeq })) {
      const decision = decisionIn(event, creatorId)
      if (decision) deeds.push({ ...decision, seq, at })
      if (deeds.length === count) break
    }
    return deeds
  }

  /** The bans that stand, newest first. */
  async function standingBans(showId: string): Promise<Omit<Deed, 'type'>[]> {
    const settled = new Set<string>()
    const bans: Omit<Deed, 'type'>[] = []
    for await (const { seq, at, event } of showEvents.newest(showId, {
      types: ['member:removed', 'member:unbanned']
    })) {
      // Being removed without a ban says nothing about a ban.
      if (settled.has(event.userId) || (event.type === 'member:removed' && !event.ban)) continue
      settled.add(event.userId)
      if (event.type === 'member:removed') bans.push({ seq, at, userId: event.userId, by: event.by })
    }
    return bans
  }

  async function peopleOf(deeds: readonly Pick<Deed, 'userId' | 'by'>[]) {
    const people = await users.people(deeds.flatMap(({ userId, by }) => (by === null ? [userId] : [userId, by])))
    return {
      user: (userId: string) => personIn(people, userId),
      by: (userId: string | null) => (userId === null ? null : personIn(people, userId))
    }
  }

  return {
    /** The creator's. Newest first. Throws NOT_FOUND, FORBIDDEN, VALIDATION. */
    async decisions(showId: string, callerId: string, { limit, cursor }: PageQuery): Promise<Page<ShowDecision>> {
      const { creatorId } = await showGuard.require('change', showId, callerId)
      const found = await decided(showId, creatorId, afterSeq(cursor), limit + 1)
      const page = found.slice(0, limit)
      const who = await peopleOf(page)
      return {
        items: page.map(({ seq, at, type, by, userId }) => ({
          id: String(seq),
          at: new Date(at).toISOString(),
          type,
          by: who.by(by),
          user: who.user(userId)
        })),
        nextCursor: seqCursor(found, limit)
      }
    },

    /** The creator's and co-hosts'. Newest first. Throws NOT_FOUND, FORBIDDEN, VALIDATION. */
    async bans(showId: string, callerId: string, { limit, cursor }: PageQuery): Promise<Page<Ban>> {
      await showGuard.require('moderate', showId, callerId)
      const before = afterSeq(cursor) ?? Infinity
      const found = (await standingBans(showId)).filter(({ seq }) => seq < before)
      const page = found.slice(0, limit)
      const who = await peopleOf(page)
      return {
        items: page.map(({ at, by, userId }) => ({
          user: who.user(userId),
          by: who.by(by),
          at: new Date(at).toISOString()
        })),
        nextCursor: seqCursor(found, limit)
      }
    },

    /** Lifts a ban. Throws NOT_FOUND (also when there is none), FORBIDDEN, SHOW_NOT_LIVE, SHOW_ENDED. */
    async unban(showId: string, callerId: string, userId: string): Promise<void> {
      await requireLive(showId, callerId)
      await liveShows.command(showId, { kind: 'user', userId: callerId }, { type: 'member:unban', userId })
    },

    /** Who is in the show now, by name. Throws NOT_FOUND, FORBIDDEN, SHOW_NOT_LIVE, SHOW_ENDED, VALIDATION. */
    async members(showId: string, callerId: string, query: MembersQuery): Promise<Page<Member>> {
      await requireLive(showId, callerId)
      return memberPage(await liveShows.members(showId, { kind: 'user', userId: callerId }), query)
    }
  }
}

export default fp(
  async app => {
    app.decorate('showModeration', createShowModeration(app))
  },
  { name: 'show-moderation', dependencies: ['show-guard', 'show-events', 'live-shows', 'users'] }
)
