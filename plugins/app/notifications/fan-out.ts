import { CodedError } from '../../../contract/errors.ts'
import type { Follows } from '../people/follows.ts'
import type { Shows } from '../shows/shows.ts'
import type { Channel } from './channel.ts'
import type { MessageQueue } from './queue/message-queue.ts'
import type { ClaimedOccasion, OccasionQueue } from './queue/occasion-queue.ts'
import type { Reminders } from './reminders/reminders.ts'
import { soonMs } from './reminders/soon.ts'
import type { NotificationPreferences } from './settings/notification-settings.ts'

export interface FanOutParts {
  occasions: OccasionQueue
  messages: Pick<MessageQueue, 'add'>
  shows: Pick<Shows, 'findStartedSince' | 'findComing'>
  follows: Pick<Follows, 'followers'>
  reminders: Pick<Reminders, 'people'>
  preferences: Pick<NotificationPreferences, 'findWilling'>
  channels: readonly Channel[]
  nowMs(): number
  followersPerPage?: number
}

/** Another node continues with an occasion after this time. A page takes less. */
const leaseMs = 30_000
const defaultFollowersPerPage = 100
/** A show that started earlier is not announced any more. */
const maxAgeMs = 15 * 60_000
/** People are told of a start until then. */
const validMs = 30 * 60_000
/** Of a show that is moved, people are told again in another hour, so that moving it is no way to disturb them. */
const roundMs = 3_600_000
/** A coming show of which nobody is reminded is looked at again after this time. */
const lookAgainMs = 10_000

/** Finds shows that have started or start soon, and writes a message for each person who is told. */
export function createFanOut(parts: FanOutParts) {
  const { occasions, messages, shows, follows, reminders, preferences, channels, nowMs } = parts
  const { followersPerPage = defaultFollowersPerPage } = parts
  /** Occasions that are in the queue, or concern nobody, as far as this node knows. */
  let known = new Set<string>()
  /** Coming shows of which nobody was reminded, with the time of that look. */
  let unremembered = new Map<string, number>()

  /** Returns the next people who are told of an occasion: followers, or those who asked to be reminded. */
  async function nextPeople({
    kind,
    creatorId,
    showId,
    cursor
  }: ClaimedOccasion): Promise<{ userIds: string[]; nextCursor: string | null }> {
    const limit = followersPerPage
    if (kind !== 'started') return await reminders.people(showId, { limit, cursor })
    const { items, nextCursor } = await follows.followers(creatorId, { limit, ...(cursor !== null && { cursor }) })
    return { userIds: items.map(({ id }) => id), nextCursor }
  }

  async function addPage(occasion: ClaimedOccasion, userIds: readonly string[]): Promise<void> {
    const { showId, creatorId, kind, round } = occasion
    const at = new Date(nowMs())
    const isReminder = kind !== 'started'
    const about = {
      ...{ showId, creatorId, kind: kind === 'soon' ? ('soon' as const) : ('started' as const) },
      ...(round !== undefined && { round })
    }
    for (const channel of channels) {
      const reachable = [...(await channel.findReachable(userIds))]
      const willing = await preferences.findWilling(reachable, { channel: channel.name, creatorId, at, isReminder })
      await messages.add(about, channel.name, [...willing], expiryOf(occasion))
    }
  }

  async function fanOut(claimed: ClaimedOccasion, signal: AbortSignal): Promise<void> {
    let occasion: ClaimedOccasion | null = claimed
    if (expiryOf(claimed).getTime() <= nowMs()) return await occasions.finish(claimed)
    while (occasion && !signal.aborted) {
      const { userIds, nextCursor } = await nextPeople(occasion)
      await addPage(occasion, userIds)
      if (nextCursor === null) return await occasions.finish(occasion)
      occasion = await occasions.advance(occasion, nextCursor, leaseMs)
    }
  }

  const isRemembered = async (showId: string): Promise<boolean> =>
    (await reminders.people(showId, { limit: 1, cursor: null })).userIds.length > 0

  /** Puts the shows that have started into the queue. Returns what is known from now on. */
  async function findStarts(): Promise<string[]> {
    const started = await shows.findStartedSince(new Date(nowMs() - maxAgeMs))
    for (const { showId, creatorId, startedAt: at, isPublic } of started) {
      if (known.has(showId)) continue
      if (isPublic) await occasions.add({ showId, creatorId, kind: 'started', at })
      if (await isRemembered(showId)) await occasions.add({ showId, creatorId, kind: 'due', at })
    }
    return started.map(({ showId }) => showId)
  }

  /** Puts the shows that start soon into the queue. Returns what is known from now on. */
  async function findComing(): Promise<string[]> {
    const coming = await shows.findComing(new Date(nowMs()), new Date(nowMs() + soonMs))
    const keys: string[] = []
    const looked = new Map<string, number>()
    for (const { _id: showId, creatorId, startsAt: at } of coming) {
      const round = Math.floor(at.getTime() / roundMs)
      const key = `${showId}:${round}`
      if (!known.has(key)) {
        // Somebody may ask to be reminded meanwhile: only what is in the queue is known.
        const lookedMs = unremembered.get(showId) ?? -Infinity
        const isRecent = nowMs() - lookedMs < lookAgainMs
        if (isRecent || !(await isRemembered(showId))) {
          looked.set(showId, isRecent ? lookedMs : nowMs())
          continue
        }
        await occasions.add({ showId, creatorId, kind: 'soon', at, round })
      }
      keys.push(key)
    }
    unremembered = looked
    return keys
  }

  return {
    /** Puts the shows that have started or start soon into the queue. Safe to repeat, on any node. */
    async find(): Promise<void> {
      known = new Set([...(await findStarts()), ...(await findComing())])
    },

    /** Writes the messages of all waiting occasions. */
    async run(signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        const occasion = await occasions.claim(leaseMs)
        if (!occasion) return
        try {
          await fanOut(occasion, signal)
        } catch (error) {
          // The creator has erased the account.
          if (!(error instanceof CodedError && error.code === 'NOT_FOUND')) throw error
          await occasions.finish(occasion)
        }
      }
    }
  }
}

function expiryOf({ kind, at }: ClaimedOccasion): Date {
  return kind === 'soon' ? at : new Date(at.getTime() + validMs)
}
