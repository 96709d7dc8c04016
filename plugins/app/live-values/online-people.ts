import { CodedError } from '../../../contract/errors.ts'
import { maxOnline, type OnlinePeople as OnlineAnswer } from '../../../contract/live.ts'
import type { Suspensions } from '../identity/suspensions.ts'
import type { Blocks } from '../people/blocks.ts'
import type { Follows } from '../people/follows.ts'
import type { Users } from '../people/users.ts'
import type { Shows } from '../shows/shows.ts'
import { maxPerCommand, type PresenceStore } from './presence-store.ts'

export interface OnlinePeopleParts {
  store: Pick<PresenceStore, 'findConnected'>
  follows: Pick<Follows, 'followedIds'>
  users: Pick<Users, 'peopleShowingOnline'>
  blocks: Pick<Blocks, 'findBetween'>
  suspensions: Pick<Suspensions, 'findAmong'>
  shows: Pick<Shows, 'findPublic'>
}

export type OnlinePeople = ReturnType<typeof createOnlinePeople>

/** Tells followers who is online, of the people who let them see it. Each request reads the choice itself. */
export function createOnlinePeople({ store, follows, users, blocks, suspensions, shows }: OnlinePeopleParts) {
  async function findConnected(userIds: readonly string[]): Promise<Map<string, string | null>> {
    const connected = new Map<string, string | null>()
    for (let start = 0; start < userIds.length && connected.size < maxOnline; start += maxPerCommand) {
      const some = await store.findConnected(userIds.slice(start, start + maxPerCommand)).catch(() => {
        throw new CodedError('UNAVAILABLE', 'Nobody can say who is online at the moment.')
      })
      for (const [userId, showId] of some) connected.set(userId, showId)
    }
    return connected
  }

  /** Returns those of these people whom the caller may see: not suspended, and no block between them. */
  async function visibleTo(callerId: string, userIds: readonly string[]): Promise<string[]> {
    const [blocked, suspended] = await Promise.all([
      blocks.findBetween(callerId, userIds),
      suspensions.findAmong(userIds)
    ])
    return userIds.filter(userId => !blocked.has(userId) && !suspended.has(userId))
  }

  return {
    /**
     * Returns the people whom a person follows and who are online, those followed last first, at most a hundred. Throws
     * UNAVAILABLE.
     */
    async followedBy(callerId: string): Promise<OnlineAnswer> {
      const followedIds = await follows.followedIds(callerId)
      const people = await users.peopleShowingOnline(followedIds)
      const allowedIds = await visibleTo(
        callerId,
        followedIds.filter(userId => people.has(userId))
      )
      const connected = await findConnected(allowedIds)
      const places = [...connected].slice(0, maxOnline)
      const publicShows = await shows.findPublic(places.flatMap(([, showId]) => showId ?? []))
      return {
        items: places.flatMap(([userId, showId]) => {
          const user = people.get(userId)
          const show = showId === null ? undefined : publicShows.get(showId)
          return user ? [{ user, show: show?.status === 'live' ? { id: show.id, title: show.title } : null }] : []
        })
      }
    }
  }
}
