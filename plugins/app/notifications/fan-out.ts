import { CodedError } from '../../../contract/errors.ts'
import type { PageQuery } from '../../../contract/paging.ts'
import type { Follows } from '../people/follows.ts'
import type { Shows } from '../shows/shows.ts'
import type { Channel } from './channel.ts'
import type { MessageQueue } from './queue/message-queue.ts'
import type { ClaimedOccasion, OccasionQueue } from './queue/occasion-queue.ts'
import type { NotificationPreferences } from './settings/notification-settings.ts'

export interface FanOutParts {
  occasions: OccasionQueue
  messages: Pick<MessageQueue, 'add'>
  shows: Pick<Shows, 'findStartedSince'>
  follows: Pick<Follows, 'followers'>
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
/** People are told until then. */
const validMs = 30 * 60_000

/** Finds shows that have started, and writes a message for each of their followers. */
export function createFanOut(parts: FanOutParts) {
  const { occasions, messages, shows, follows, preferences, channels, nowMs } = parts
  const { followersPerPage = defaultFollowersPerPage } = parts
  /** Shows whose start is in the queue, as far as this node knows. */
  let known = new Set<string>()

  async function addPage(occasion: ClaimedOccasion, userIds: readonly string[]): Promise<void> {
    const { creatorId } = occasion
    const at = new Date(nowMs())
    for (const channel of channels) {
      const reachable = [...(await channel.findReachable(userIds))]
      const willing = await preferences.findWilling(reachable, { channel: channel.name, creatorId, at })
      await messages.add(occasion, channel.name, [...willing], expiryOf(occasion))
    }
  }

  async function fanOut(claimed: ClaimedOccasion, signal: AbortSignal): Promise<void> {
    let occasion: ClaimedOccasion | null = claimed
    if (expiryOf(claimed).getTime() <= nowMs()) return await occasions.finish(claimed)
    while (occasion && !signal.aborted) {
      const page: PageQuery = { limit: followersPerPage, ...(occasion.cursor !== null && { cursor: occasion.cursor }) }
      const { items, nextCursor } = await follows.followers(occasion.creatorId, page)
      await addPage(
        occasion,
        items.map(({ id }) => id)
      )
      if (nextCursor === null) return await occasions.finish(occasion)
      occasion = await occasions.advance(occasion, nextCursor, leaseMs)
    }
  }

  return {
    /** Puts the public shows that have started into the queue. Safe to repeat, on any node. */
    async findStarted(): Promise<void> {
      const started = await shows.findStartedSince(new Date(nowMs() - maxAgeMs))
      for (const { showId, creatorId, startedAt } of started) {
        if (!known.has(showId)) await occasions.add({ showId, creatorId, kind: 'started', at: startedAt })
      }
      known = new Set(started.map(({ showId }) => showId))
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

function expiryOf({ at }: ClaimedOccasion): Date {
  return new Date(at.getTime() + validMs)
}
