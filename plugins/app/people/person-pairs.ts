import type { Collection, Filter } from 'mongodb'
import type { PageQuery } from '../../../contract/paging.ts'
import { isDuplicateKey } from '../documents/is-duplicate-key.ts'
import { newestFirst, olderThan, pageOf } from '../documents/keyset.ts'
import { opaqueId } from '../documents/opaque-id.ts'
import { deleteInSlices } from '../documents/slices.ts'
import { exportedRecords } from '../privacy/exported-records.ts'

/** A relation of one person to another: a follow or a block. */
export interface PersonPair {
  _id: string
  fromId: string
  toId: string
  createdAt: Date
}

type PairSide = { fromId: string } | { toId: string }

export type PersonPairs = Awaited<ReturnType<typeof createPersonPairs>>

/** Stores pairs of people, each pair at most once, and lists them from either side. */
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

    /** Returns those of these people who are in a pair with this person, on either side. */
    async findBetween(personId: string, otherIds: readonly string[]): Promise<Set<string>> {
      if (otherIds.length === 0) return new Set()
      const others = { $in: [...otherIds] }
      const [outgoing, incoming] = await Promise.all([
        pairs.find({ fromId: personId, toId: others }, { projection: { _id: 0, toId: 1 } }).toArray(),
        pairs.find({ fromId: others, toId: personId }, { projection: { _id: 0, fromId: 1 } }).toArray()
      ])
      return new Set([...outgoing.map(({ toId }) => toId), ...incoming.map(({ fromId }) => fromId)])
    },

    count: async (side: PairSide): Promise<number> => await pairs.countDocuments(side),

    /** Returns the number of pairs of each of these people on one side, in one command; 0 is missing. */
    async countEach(side: 'fromId' | 'toId', personIds: readonly string[]): Promise<Map<string, number>> {
      if (personIds.length === 0) return new Map()
      const counts = await pairs
        .aggregate<{ _id: string; n: number }>([
          { $match: { [side]: { $in: [...personIds] } } },
          { $group: { _id: `$${side}`, n: { $sum: 1 } } }
        ])
        .toArray()
      return new Map(counts.map(({ _id, n }) => [_id, n]))
    },

    /** Returns those of these people to whom this person has a pair. */
    async findTo(fromId: string, toIds: readonly string[]): Promise<Set<string>> {
      if (toIds.length === 0) return new Set()
      const found = await pairs
        .find({ fromId, toId: { $in: [...toIds] } }, { projection: { _id: 0, toId: 1 } })
        .toArray()
      return new Set(found.map(({ toId }) => toId))
    },

    countSince: async (side: PairSide, since: Date, before: Date): Promise<number> =>
      await pairs.countDocuments({ ...side, createdAt: { $gte: since, $lt: before } }),

    /** Returns the pairs of one side, newest first. Throws VALIDATION for an invalid cursor. */
    async page(
      side: PairSide,
      { limit, cursor }: PageQuery
    ): Promise<{ documents: PersonPair[]; nextCursor: string | null }> {
      const conditions: Filter<PersonPair>[] = [side, olderThan(cursor)]
      const found = await pairs
        .find({ $and: conditions })
        .sort(newestFirst)
        .limit(limit + 1)
        .toArray()
      return pageOf(found, limit)
    },

    /** Yields the pairs of one side for an export, in no order. */
    export: (side: PairSide, convert: (pair: PersonPair) => object): AsyncIterable<object> =>
      exportedRecords(pairs, side, convert),

    /** Removes every pair of a person. Safe to repeat. */
    async erase(personId: string): Promise<void> {
      await deleteInSlices(pairs, { fromId: personId })
      await deleteInSlices(pairs, { toId: personId })
    }
  }
}
