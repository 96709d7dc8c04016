import type { Doc } from '../bson/codec.ts'
import { findDocuments, type Deadline } from '../query/find.ts'
import { choosePlan } from '../query/plan.ts'
import type { Collection } from '../store/collection.ts'

/** The documents to count. */
export interface Count {
  filter: Doc
  skip: number
  /** 0: no limit. */
  limit: number
}

/**
 * Returns the number of documents that match a filter, without reading any: from the entries of an index whose ranges
 * are equivalent to the filter. Undefined if no index is.
 */
export function countInIndex(collection: Collection, filter: Doc): number | undefined {
  if (Object.keys(filter).length === 0) return collection.count()
  const plan = choosePlan(collection.indexes, filter, [])
  return plan?.isExact ? plan.ranges.reduce((sum, range) => sum + plan.index.count(range), 0) : undefined
}

/** Counts the documents of a collection. */
export function countDocuments(
  collection: Collection | undefined,
  { filter, skip, limit }: Count,
  deadline: Deadline
): number {
  const counted = collection && countInIndex(collection, filter)
  if (counted !== undefined) return Math.min(Math.max(counted - skip, 0), limit === 0 ? Infinity : limit)
  let count = 0
  for (const found of findDocuments(collection, { filter, skip, limit, deadline })) if (found) count++
  return count
}
