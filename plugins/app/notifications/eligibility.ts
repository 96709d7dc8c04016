import { CodedError } from '../../../contract/errors.ts'
import type { Suspensions } from '../identity/suspensions.ts'
import type { Blocks } from '../people/blocks.ts'
import type { Follows } from '../people/follows.ts'
import type { ChangedShow } from '../shows/changed-shows.ts'
import { firstOf } from '../shows/first-of.ts'
import type { LiveShows } from '../shows/live-shows.ts'
import type { ShowEvents } from '../shows/show-events.ts'
import type { Shows } from '../shows/shows.ts'
import type { MessageContent } from './channel.ts'
import type { DropReason, MessageDocument } from './queue/documents.ts'
import type { Reminders } from './reminders/reminders.ts'
import { soonMs } from './reminders/soon.ts'
import type { NotificationPreferences } from './settings/notification-settings.ts'
import type { ShowFacts, ShowFactsReader } from './show-facts.ts'

export interface EligibilityParts {
  facts: ShowFactsReader
  shows: Pick<Shows, 'assertVisible'>
  showEvents: Pick<ShowEvents, 'about'>
  liveShows: Pick<LiveShows, 'findPlace'>
  follows: Pick<Follows, 'followedAmong'>
  reminders: Pick<Reminders, 'has'>
  blocks: Pick<Blocks, 'findBetween'>
  suspensions: Pick<Suspensions, 'findAmong'>
  preferences: Pick<NotificationPreferences, 'findWilling'>
  publicUrl(): string
  nowMs(): number
}

/** A person asked to be told of all shows of the creator, or of this one. */
type Asked = 'follows' | 'reminder'

/** A show whose planned time moves by less than this, after people were to be told of it, still starts soon. */
const toleranceMs = 60_000

export type Eligibility = ReturnType<typeof createEligibility>

/** Checks at the last moment whether a person is still to be told, since anything may have changed in the queue. */
export function createEligibility(parts: EligibilityParts) {
  const { facts, shows, showEvents, liveShows, follows, reminders, blocks, suspensions, preferences } = parts
  const { publicUrl, nowMs } = parts

  async function isBanned(showId: string, userId: string): Promise<boolean> {
    const last = await firstOf(showEvents.about(showId, [userId], ['member:removed', 'member:unbanned'], 1))
    return last?.event.type === 'member:removed' && last.event.ban
  }

  async function isInside(showId: string, userId: string): Promise<boolean> {
    // An unanswered question keeps nobody from the message.
    const place = await liveShows.findPlace(showId, userId).catch(() => undefined)
    return place === 'host' || place === 'inside'
  }

  async function isVisible(showId: string, userId: string): Promise<boolean> {
    try {
      await shows.assertVisible(showId, userId)
      return true
    } catch (error) {
      if (error instanceof CodedError && error.code === 'NOT_FOUND') return false
      throw error
    }
  }

  async function findAsked({ userId, creatorId, showId, kind }: MessageDocument): Promise<Asked | undefined> {
    const isFollower = kind === 'started' && (await follows.followedAmong(userId, [creatorId])).has(creatorId)
    if (isFollower) return 'follows'
    return (await reminders.has(userId, showId)) ? 'reminder' : undefined
  }

  /** Whether a show is in the state of which the message tells. */
  function isCurrent(kind: MessageDocument['kind'], { status, startsAt }: ChangedShow): boolean {
    if (kind === 'started') return status === 'live' || status === 'interrupted'
    if (status !== 'scheduled' || startsAt === null) return false
    const leftMs = startsAt.getTime() - nowMs()
    return leftMs >= 0 && leftMs <= soonMs + toleranceMs
  }

  /** Returns a show that is in the state of which the message tells. It may have come to it since it was read. */
  async function findCurrent({ showId, kind }: MessageDocument): Promise<ShowFacts | undefined> {
    const found = await facts.find(showId)
    if (found && isCurrent(kind, found.show)) return found
    const again = await facts.findAgain(showId)
    return again && isCurrent(kind, again.show) ? again : undefined
  }

  async function reasonAgainst(message: MessageDocument, show: ChangedShow): Promise<DropReason | undefined> {
    const { userId, creatorId, showId, expiresAt } = message
    const at = new Date(nowMs())
    if (at >= expiresAt) return 'late'
    const isPublic = show.visibility === 'public'
    const asked = await findAsked(message)
    // Followers are told of public shows only. Members of a private show have an invitation.
    if (!isPublic && !(asked === 'reminder' && (await isVisible(showId, userId)))) return 'hidden'
    if (asked === undefined) return 'unfollowed'
    const isBlocked = (await blocks.findBetween(userId, [creatorId])).size > 0
    if (isBlocked || (await suspensions.findAmong([userId, creatorId])).size > 0) return 'barred'
    if (await isBanned(showId, userId)) return 'barred'
    if (!(await isWilling({ ...message, asked, at }))) return 'unwanted'
    return (await isInside(showId, userId)) ? 'present' : undefined
  }

  async function isWilling({
    userId,
    showId,
    channel,
    creatorId,
    asked,
    at
  }: MessageDocument & { asked: Asked; at: Date }): Promise<boolean> {
    const wanted = { channel, creatorId, at, isReminder: asked === 'reminder' }
    if ((await preferences.findWilling([userId], wanted)).has(userId)) return true
    // A follower who is told nothing of the creator may have asked for this show.
    if (asked === 'reminder' || !(await reminders.has(userId, showId))) return false
    return (await preferences.findWilling([userId], { ...wanted, isReminder: true })).has(userId)
  }

  return {
    /** Returns what a message says now, or why the person is not told. */
    async check(message: MessageDocument): Promise<MessageContent | DropReason> {
      const { showId, kind } = message
      const found = await findCurrent(message)
      if (!found) return 'over'
      const { show, creator } = found
      const reason = await reasonAgainst(message, show)
      if (reason !== undefined) return reason
      const at = kind === 'soon' ? show.startsAt : show.startedAt
      if (at === null) return 'over'
      return { kind, showId, title: show.title, creator, url: `${publicUrl()}/shows/${showId}`, at }
    }
  }
}
