import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { CodedError, type ErrorCode } from '../../../contract/errors.ts'
import type { Page, PageQuery } from '../../../contract/paging.ts'
import type { Block } from '../../../contract/users.ts'
import { createPersonPairs } from './person-pairs.ts'

declare module 'fastify' {
  interface FastifyInstance {
    blocks: Blocks
  }
}

/** Something to be undone between two people when one blocks the other. Safe to repeat. */
type WhenBlocked = (blockerId: string, blockedId: string) => Promise<void>

/** What a live show says when there is nobody to remove. */
const nobodyThere: ReadonlySet<ErrorCode> = new Set(['NOT_FOUND', 'SHOW_NOT_LIVE', 'SHOW_ENDED'])

export type Blocks = Awaited<ReturnType<typeof createBlocks>>

/** Who can't join whose shows. */
export async function createBlocks(app: FastifyInstance) {
  const pairs = await createPersonPairs(app.db.collection('blocks'))
  const consequences: WhenBlocked[] = [removeFromShow]

  /** Out of the blocker's live show, whether they are connected or about to come back. */
  async function removeFromShow(blockerId: string, blockedId: string): Promise<void> {
    const {
      items: [show]
    } = await app.shows.list({ limit: 1, status: 'live', creatorId: blockerId }, blockerId)
    if (!show) return
    try {
      await app.liveShows.command(
        show.id,
        { kind: 'user', userId: blockerId },
        { type: 'member:remove', userId: blockedId, ban: false }
      )
    } catch (error) {
      if (!(error instanceof CodedError && nobodyThere.has(error.code))) throw error
    }
  }

  return {
    /** What else follows from a block. */
    whenBlocked(consequence: WhenBlocked): void {
      consequences.push(consequence)
    },

    /** Safe to repeat, which also finishes what a first time left undone. Throws CONFLICT (oneself), NOT_FOUND. */
    async block(blockerId: string, blockedId: string): Promise<void> {
      if (blockerId === blockedId) throw new CodedError('CONFLICT', 'Nobody blocks themselves.')
      if (!(await app.users.findPerson(blockedId))) throw new CodedError('NOT_FOUND', 'There is no such person.')
      // The block stands before anything is undone, so that nothing is done again in between.
      await pairs.add(blockerId, blockedId)
      for (const consequence of consequences) await consequence(blockerId, blockedId)
    },

    /** Safe to repeat. */
    unblock: async (blockerId: string, blockedId: string): Promise<void> => await pairs.remove(blockerId, blockedId),

    has: async (blockerId: string, blockedId: string): Promise<boolean> => await pairs.has(blockerId, blockedId),

    /** Throws BANNED for who is blocked. */
    async requireUnblocked(blockerId: string, personId: string): Promise<void> {
      if (await pairs.has(blockerId, personId)) throw new CodedError('BANNED', 'They do not want you there.')
    },

    /** Who is blocked, newest first; who is gone is left out. */
    async list(blockerId: string, query: PageQuery): Promise<Page<Block>> {
      const { documents, nextCursor } = await pairs.page({ fromId: blockerId }, query)
      const people = await app.users.people(documents.map(({ toId }) => toId))
      const items = documents.flatMap(({ toId, createdAt }) => {
        const user = people.get(toId)
        return user ? [{ user, createdAt: createdAt.toISOString() }] : []
      })
      return { items, nextCursor }
    },

    /** Whom the person blocks; who blocks them is not theirs to know. */
    async *heldAbout(userId: string): AsyncIterable<object> {
      for await (const { toId, createdAt } of pairs.each({ fromId: userId })) {
        yield { userId: toId, createdAt: createdAt.toISOString() }
      }
    },

    erase: async (userId: string): Promise<void> => await pairs.erase(userId)
  }
}

export default fp(
  async app => {
    const blocks = await createBlocks(app)
    app.decorate('blocks', blocks)
    app.personalData.register('blocks', {
      export: userId => blocks.heldAbout(userId),
      erase: async userId => await blocks.erase(userId)
    })
  },
  { name: 'blocks', dependencies: ['mongodb', 'users', 'shows', 'live-shows', 'personal-data'] }
)
