import type { Suspensions } from '../identity/suspensions.ts'
import type { Blocks } from '../people/blocks.ts'
import type { Follows } from '../people/follows.ts'
import type { Users } from '../people/users.ts'
import { firstOf } from '../shows/first-of.ts'
import type { LiveShows } from '../shows/live-shows.ts'
import type { ShowEvents } from '../shows/show-events.ts'
import type { Shows } from '../shows/shows.ts'
import type { StartedShow } from '../shows/started-shows.ts'
import type { MessageContent } from './channel.ts'
import type { DropReason, MessageDocument } from './queue/documents.ts'
import type { NotificationPreferences } from './settings/notification-settings.ts'

export interface EligibilityParts {
  shows: Pick<Shows, 'findStarted'>
  showEvents: Pick<ShowEvents, 'about'>
  liveShows: Pick<LiveShows, 'findPlace'>
  users: Pick<Users, 'findPerson'>
  follows: Pick<Follows, 'followedAmong'>
  blocks: Pick<Blocks, 'findBetween'>
  suspensions: Pick<Suspensions, 'findAmong'>
  preferences: Pick<NotificationPreferences, 'findWilling'>
  publicUrl(): string
  nowMs(): number
}

export type Eligibility = ReturnType<typeof createEligibility>

/** Checks at the last moment whether a person is still to be told, since anything may have changed in the queue. */
export function createEligibility(parts: EligibilityParts) {
  const { shows, showEvents, liveShows, users, follows, blocks, suspensions, preferences, publicUrl, nowMs } = parts

  async function isBanned(showId: string, userId: string): Promise<boolean> {
    const last = await firstOf(showEvents.about(showId, [userId], ['member:removed', 'member:unbanned'], 1))
    return last?.event.type === 'member:removed' && last.event.ban
  }

  async function isInside(showId: string, userId: string): Promise<boolean> {
    // An unanswered question keeps nobody from the message.
    const place = await liveShows.findPlace(showId, userId).catch(() => undefined)
    return place === 'host' || place === 'inside'
  }

  async function reasonAgainst(
    { userId, creatorId, showId, channel, expiresAt }: MessageDocument,
    show: StartedShow | undefined
  ): Promise<DropReason | undefined> {
    const at = new Date(nowMs())
    if (at >= expiresAt) return 'late'
    if (show?.status !== 'live' && show?.status !== 'interrupted') return 'over'
    // Only public shows are announced. Members of a private show have an invitation.
    if (show.visibility !== 'public') return 'hidden'
    if (!(await follows.followedAmong(userId, [creatorId])).has(creatorId)) return 'unfollowed'
    const isBlocked = (await blocks.findBetween(userId, [creatorId])).size > 0
    if (isBlocked || (await suspensions.findAmong([userId, creatorId])).size > 0) return 'barred'
    if (await isBanned(showId, userId)) return 'barred'
    if (!(await preferences.findWilling([userId], { channel, creatorId, at })).has(userId)) return 'unwanted'
    return (await isInside(showId, userId)) ? 'present' : undefined
  }

  return {
    /** Returns what a message says now, or why the person is not told. */
    async check(message: MessageDocument): Promise<MessageContent | DropReason> {
      const { showId, creatorId, kind } = message
      const show = await shows.findStarted(showId)
      const reason = await reasonAgainst(message, show)
      if (reason !== undefined) return reason
      const creator = await users.findPerson(creatorId)
      if (!show || !creator) return 'over'
      const { title, startedAt } = show
      return { kind, showId, title, creator, url: `${publicUrl()}/shows/${showId}`, startedAt }
    }
  }
}
