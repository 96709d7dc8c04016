import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { CodedError } from '../../../contract/errors.ts'
import type { Page, PageQuery } from '../../../contract/paging.ts'
import type { Person, PublicUser } from '../../../contract/users.ts'
import { createPersonPairs } from './person-pairs.ts'

declare module 'fastify' {
  interface FastifyInstance {
    follows: Follows
  }
}

/** A list of shows looks at so many people. */
const mostFollowed = 1000

/** How somebody stands with others, and with who asks. */
export type Following = Pick<PublicUser, 'followerCount' | 'followingCount' | 'followed'>

export type Follows = Awaited<ReturnType<typeof createFollows>>

/** Who follows whom. */
export async function createFollows({ db, users, blocks }: Pick<FastifyInstance, 'db' | 'users' | 'blocks'>) {
  const pairs = await createPersonPairs(db.collection('follows'))

  async function requirePerson(userId: string): Promise<void> {
    if (!(await users.findPerson(userId))) throw new CodedError('NOT_FOUND', 'There is no such person.')
  }

  async function requireOther(callerId: string, userId: string): Promise<void> {
    if (callerId === userId) throw new CodedError('CONFLICT', 'Nobody follows themselves.')
    await requirePerson(userId)
  }

  /** Those of a page who are still there, in its order. */
  async function peopleOf(ids: string[], nextCursor: string | null): Promise<Page<Person>> {
    const people = await users.people(ids)
    return { items: ids.flatMap(id => people.get(id) ?? []), nextCursor }
  }

  /** Neither follows the other any more. */
  async function sever(oneId: string, otherId: string): Promise<void> {
    await pairs.remove(oneId, otherId)
    await pairs.remove(otherId, oneId)
  }

  /** Throws BANNED for who is blocked, CONFLICT for who blocks them. */
  async function requireAtPeace(followerId: string, userId: string): Promise<void> {
    await blocks.requireUnblocked(userId, followerId)
    if (await blocks.has(followerId, userId)) throw new CodedError('CONFLICT', 'You block them; unblock them first.')
  }

  return {
    sever,

    /** Safe to repeat. Throws CONFLICT (oneself, or somebody one blocks), NOT_FOUND, BANNED (they block the follower). */
    async follow(followerId: string, userId: string): Promise<void> {
      await requireOther(followerId, userId)
      await requireAtPeace(followerId, userId)
      await pairs.add(followerId, userId)
      // A block that came in between has looked for what to sever already.
      try {
        await requireAtPeace(followerId, userId)
      } catch (error) {
        await pairs.remove(followerId, userId)
        throw error
      }
    },

    /** Safe to repeat. Throws CONFLICT (oneself), NOT_FOUND. */
    async unfollow(followerId: string, userId: string): Promise<void> {
      await requireOther(followerId, userId)
      await pairs.remove(followerId, userId)
    },

    async standing(userId: string, callerId: string | null): Promise<Following> {
      const [followerCount, followingCount, followed] = await Promise.all([
        pairs.count({ toId: userId }),
        pairs.count({ fromId: userId }),
        callerId !== null && (await pairs.has(callerId, userId))
      ])
      return { followerCount, followingCount, followed }
    },

    /** Newest first. Throws NOT_FOUND. */
    async followers(userId: string, query: PageQuery): Promise<Page<Person>> {
      await requirePerson(userId)
      const { documents, nextCursor } = await pairs.page({ toId: userId }, query)
      return await peopleOf(
        documents.map(({ fromId }) => fromId),
        nextCursor
      )
    },

    /** Newest first. Throws NOT_FOUND. */
    async following(userId: string, query: PageQuery): Promise<Page<Person>> {
      await requirePerson(userId)
      const { documents, nextCursor } = await pairs.page({ fromId: userId }, query)
      return await peopleOf(
        documents.map(({ toId }) => toId),
        nextCursor
      )
    },

    /** Whom somebody follows, the latest first and at most a thousand; nobody follows anybody as nobody. */
    async followedIds(userId: string | null): Promise<string[]> {
      if (userId === null) return []
      const { documents } = await pairs.page({ fromId: userId }, { limit: mostFollowed })
      return documents.map(({ toId }) => toId)
    },

    async *heldAbout(userId: string): AsyncIterable<object> {
      for await (const { toId, createdAt } of pairs.each({ fromId: userId })) {
        yield { follows: toId, createdAt: createdAt.toISOString() }
      }
      for await (const { fromId, createdAt } of pairs.each({ toId: userId })) {
        yield { followedBy: fromId, createdAt: createdAt.toISOString() }
      }
    },

    erase: async (userId: string): Promise<void> => await pairs.erase(userId)
  }
}

export default fp(
  async app => {
    const follows = await createFollows(app)
    app.blocks.whenBlocked(follows.sever)
    app.decorate('follows', follows)
    app.personalData.register('follows', {
      export: userId => follows.heldAbout(userId),
      erase: async userId => await follows.erase(userId)
    })
  },
  { name: 'follows', dependencies: ['mongodb', 'users', 'blocks', 'personal-data'] }
)
