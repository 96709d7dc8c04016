import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { Page, PageQuery } from '../../../contract/paging.ts'
import type { Block } from '../../../contract/users.ts'
import { allDone } from '../operations/all-done.ts'
import { createPersonPairs, type PersonPair } from './person-pairs.ts'
import { noSuchPerson, type Users } from './users.ts'

/** Undoes something between two people when one blocks the other. Safe to repeat. */
export type BlockListener = (blockerId: string, blockedId: string) => Promise<void>

export interface BlocksParts {
  blocks: Collection<PersonPair>
  users: Users
}

export type Blocks = Awaited<ReturnType<typeof createBlocks>>

/** Blocks: a blocked person can't join the shows of the person who blocks them. */
export async function createBlocks({ blocks, users }: BlocksParts) {
  const pairs = await createPersonPairs(blocks)
  const listeners: BlockListener[] = []

  return {
    /** Calls the listener for every block. `block` waits for all listeners, which run at the same time. */
    onBlocked(listener: BlockListener): void {
      listeners.push(listener)
    },

    /**
     * Safe to repeat, which also finishes an interrupted block: a listener that fails does not keep the others from
     * running. Throws CONFLICT (oneself), NOT_FOUND.
     */
    async block(blockerId: string, blockedId: string): Promise<void> {
      if (blockerId === blockedId) throw new CodedError('CONFLICT', "You can't block yourself.")
      if (!(await users.findPerson(blockedId))) throw noSuchPerson()
      // The block is stored before the listeners undo things, so that nothing is done again in between.
      await pairs.add(blockerId, blockedId)
      await allDone(listeners.map(async listener => await listener(blockerId, blockedId)))
    },

    /** Safe to repeat. */
    unblock: async (blockerId: string, blockedId: string): Promise<void> => await pairs.remove(blockerId, blockedId),

    has: async (blockerId: string, blockedId: string): Promise<boolean> => await pairs.has(blockerId, blockedId),

    /** Returns those of these people who block this person, or whom this person blocks. */
    findBetween: pairs.findBetween,

    /** Throws BANNED for a blocked person. */
    async assertNotBlocked(blockerId: string, personId: string): Promise<void> {
      if (await pairs.has(blockerId, personId)) throw new CodedError('BANNED', 'This person does not allow that.')
    },

    /** Returns the people whom a person blocks, newest first, without erased accounts. */
    async list(blockerId: string, query: PageQuery): Promise<Page<Block>> {
      const { documents, nextCursor } = await pairs.page({ fromId: blockerId }, query)
      const people = await users.people(documents.map(({ toId }) => toId))
      const items = documents.flatMap(({ toId, createdAt }) => {
        const user = people.get(toId)
        return user ? [{ user, createdAt: createdAt.toISOString() }] : []
      })
      return { items, nextCursor }
    },

    /** Yields the blocks of a person, but not the blocks of others against them. */
    export: (userId: string): AsyncIterable<object> =>
      pairs.export({ fromId: userId }, ({ toId, createdAt }) => ({ userId: toId, createdAt: createdAt.toISOString() })),

    erase: async (userId: string): Promise<void> => await pairs.erase(userId)
  }
}
