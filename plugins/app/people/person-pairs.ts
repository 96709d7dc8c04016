import type { Collection, Filter } from 'mongodb'
import type { PageQuery } from '../../../contract/paging.ts'
import { isDuplicateKey } from '../documents/is-duplicate-key.ts'
import { newestFirst, olderThan, pageOf } from '../documents/keyset.ts'
import { opaqueId } from '../documents/opaque-id.ts'

/** One person's standing toward another: who follows whom, who blocks whom. */
export interface PersonPair {
  _id: string
  fromId: string
  toId: string
  createdAt: Date
}

export type PersonPairs = Awaited<ReturnType<typeof createPersonPairs>>

/** Pairs of people, each pair at most once, listed from either side. */
export async function createPersonPairs(pairs: Collection<PersonPair>) {
  await pairs.createIndex({ fromId: 1, toId: 1 }, { unique: true })
  await pairs.createIndex({ fromId: 1, createdAt: -1, _id: -1 })
  await pairs.createIndex({ toId: 1, createdAt: -1, _id: -1 })

  return {
    /** Safe to repeat: the pair keeps its time. */
    async add(fromId: string, toId: string): Promise<void> {
      try {
        await pairs.insertOne({ _id: opaqueId(), fromId, toId, createdAt: new Date() })
      } catch (error) {
        if (!isDuplicateKey(error)) throw error
      }
    },

    /** Safe to repeat. */
    async remove(fromId: string, toId: string): Promise<void> {
      await pairs.deleteOne({ fromId, toId })
    },

    has: async (fromId: string, toId: string): Promise<boolean> =>
      (await pairs.findOne({ fromId, toId }, { projection: { _id: 1 } })) !== null,

    count: async (side: { fromId: string } | { toId: string }): Promise<number> => await pairs.countDocuments(side),

    /** The pairs of one side, newest first. Throws VALIDATION for a cursor we never made. */
    async page(
      side: { fromId: string } | { toId: string },
      { limit, cursor }: PageQuery
    ): Promise<{ documents: PersonPair[]; nextCursor: string | null }> {
      const conditions: Filter<PersonPair>[] = [side, olderThan(cursor)]
      return pageOf(
        await pairs
          .find({ $and: conditions })
          .sort(newestFirst)
          .limit(limit + 1)
          .toArray(),
        limit
      )
    },

    /** All pairs of one side, in no order. */
    each: (side: { fromId: string } | { toId: string }): AsyncIterable<PersonPair> => pairs.find(side),

    /** Every pair somebody is in. Safe to repeat. */
    async erase(personId: string): Promise<void> {
      await pairs.deleteMany({ fromId: personId })
      await pairs.deleteMany({ toId: personId })
    }
  }
}
