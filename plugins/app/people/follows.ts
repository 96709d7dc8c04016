import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { Page, PageQuery } from '../../../contract/paging.ts'
import type { Person, PublicUser } from '../../../contract/users.ts'
import { toPage, type Edges } from '../documents/edges.ts'
import { cursorOf } from '../documents/keyset.ts'
import type { Blocks } from './blocks.ts'
import { createPersonPairs, type PersonPair } from './person-pairs.ts'
import { noSuchPerson, type Users } from './users.ts'

/** Maximum number of followed people considered for the order of a list of shows. */
const maxFollowedIds = 1000

/** Follower counts of a user, and whether the caller follows them. */
export type FollowFigures = Pick<PublicUser, 'followerCount' | 'followingCount' | 'followed'>

export interface FollowsParts {
  follows: Collection<PersonPair>
  users: Users
  blocks: Blocks
}

export type Follows = Awaited<ReturnType<typeof createFollows>>

/** Follows between people. */
export async function createFollows({ follows, users, blocks }: FollowsParts) {
  const pairs = await createPersonPairs(follows)

  async function assertExists(userId: string): Promise<void> {
    if (!(await users.findPerson(userId))) throw noSuchPerson()
  }

  async function assertOther(callerId: string, userId: string): Promise<void> {
    if (callerId === userId) throw new CodedError('CONFLICT', "You can't follow yourself.")
    await assertExists(userId)
  }

  /** Returns the people on the other side of the pairs of a user, newest first, without erased accounts. */
  async function edgesOf(side: 'fromId' | 'toId', userId: string, query: PageQuery): Promise<Edges<Person>> {
    await assertExists(userId)
    const { documents, nextCursor } = await pairs.page(side === 'fromId' ? { fromId: userId } : { toId: userId }, query)
    const otherOf = ({ fromId, toId }: PersonPair) => (side === 'fromId' ? toId : fromId)
    const people = await users.people(documents.map(otherOf))
    const edges = documents.flatMap(pair => {
      const node = people.get(otherOf(pair))
      return node ? [{ node, cursor: cursorOf(pair) }] : []
    })
    return { edges, nextCursor }
  }

  /** Throws BANNED when the user blocks the follower, CONFLICT when the follower blocks the user. */
  async function assertNoBlock(followerId: string, userId: string): Promise<void> {
    await blocks.assertNotBlocked(userId, followerId)
    if (await blocks.has(followerId, userId)) {
      throw new CodedError('CONFLICT', 'You block this person; unblock them first.')
    }
  }

  return {
    /** Removes the follows between two people, in both directions. Safe to repeat. */
    async sever(oneId: string, otherId: string): Promise<void> {
      await pairs.remove(oneId, otherId)
      await pairs.remove(otherId, oneId)
    },

    /**
     * Safe to repeat. Throws CONFLICT (oneself, or a person the follower blocks), NOT_FOUND, BANNED (they block the
     * follower).
     */
    async follow(followerId: string, userId: string): Promise<void> {
      await assertOther(followerId, userId)
      await assertNoBlock(followerId, userId)
      await pairs.add(followerId, userId)
      // A block that came in between may have removed the follows before this one was added.
      try {
        await assertNoBlock(followerId, userId)
      } catch (error) {
        await pairs.remove(followerId, userId)
        throw error
      }
    },

    /** Safe to repeat. Throws CONFLICT (oneself), NOT_FOUND. */
    async unfollow(followerId: string, userId: string): Promise<void> {
      await assertOther(followerId, userId)
      await pairs.remove(followerId, userId)
    },

    /** Returns the follower counts of a user, as the caller sees them; `callerId` is null without a token. */
    async figures(userId: string, callerId: string | null): Promise<FollowFigures> {
      const [followerCount, followingCount, followed] = await Promise.all([
        pairs.count({ toId: userId }),
        pairs.count({ fromId: userId }),
        callerId !== null && (await pairs.has(callerId, userId))
      ])
      return { followerCount, followingCount, followed }
    },

    /** Returns the number of followers of each of these people; those without one are missing. */
    followerCounts: async (userIds: readonly string[]): Promise<Map<string, number>> =>
      await pairs.countEach('toId', userIds),

    /** Returns how many people each of these people follows; those who follow nobody are missing. */
    followingCounts: async (userIds: readonly string[]): Promise<Map<string, number>> =>
      await pairs.countEach('fromId', userIds),

    /** Returns those of these people whom the caller follows; none for a caller without a token. */
    followedAmong: async (callerId: string | null, userIds: readonly string[]): Promise<Set<string>> =>
      callerId === null ? new Set() : await pairs.findTo(callerId, userIds),

    /** Returns how many people have followed a user since a time, before another one, and still do. */
    countSince: async (userId: string, since: Date, before: Date): Promise<number> =>
      await pairs.countSince({ toId: userId }, since, before),

    /** Newest first. Throws NOT_FOUND. */
    followers: async (userId: string, query: PageQuery): Promise<Page<Person>> =>
      toPage(await edgesOf('toId', userId, query)),

    /** Returns the followers with their cursors. Throws NOT_FOUND. */
    followerEdges: async (userId: string, query: PageQuery): Promise<Edges<Person>> =>
      await edgesOf('toId', userId, query),

    /** Newest first. Throws NOT_FOUND. */
    following: async (userId: string, query: PageQuery): Promise<Page<Person>> =>
      toPage(await edgesOf('fromId', userId, query)),

    /** Returns the followed people with their cursors. Throws NOT_FOUND. */
    followingEdges: async (userId: string, query: PageQuery): Promise<Edges<Person>> =>
      await edgesOf('fromId', userId, query),

    /**
     * Returns the ids of the people whom a person follows, newest first, at most a thousand. Empty for null, a caller
     * without a token.
     */
    async followedIds(userId: string | null): Promise<string[]> {
      if (userId === null) return []
      const { documents } = await pairs.page({ fromId: userId }, { limit: maxFollowedIds })
      return documents.map(({ toId }) => toId)
    },

    async *export(userId: string): AsyncIterable<object> {
      yield* pairs.export({ fromId: userId }, ({ toId, createdAt }) => ({
        follows: toId,
        createdAt: createdAt.toISOString()
      }))
      yield* pairs.export({ toId: userId }, ({ fromId, createdAt }) => ({
        followedBy: fromId,
        createdAt: createdAt.toISOString()
      }))
    },

    erase: async (userId: string): Promise<void> => await pairs.erase(userId)
  }
}
