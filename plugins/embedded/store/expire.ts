import { decode } from '../bson/codec.ts'
import { numberIn } from '../bson/numbers.ts'
import { findDocuments } from '../query/find.ts'
import type { Store } from './store.ts'

/** Maximum number of documents of one index that are removed in one transaction. */
const maxRemovedAtOnce = 1000

/**
 * Removes the documents that have expired at `now` according to the TTL indexes, and returns their number. A document
 * with several dates in an array expires with the earliest.
 */
export function removeExpired(store: Store, now: Date): number {
  let removed = 0
  for (const collection of store.catalog.all()) {
    for (const { spec, fields } of collection.secondaryIndexes) {
      const [field] = fields
      const seconds = numberIn(spec.expireAfterSeconds)
      if (seconds === undefined || !field) continue
      const filter = { [field.path]: { $lte: new Date(now.getTime() - seconds * 1000) } }
      const rows = Array.from(findDocuments(collection, { filter, limit: maxRemovedAtOnce }), ({ row }) => row)
      for (const row of rows) {
        const bytes = collection.read(row)
        if (bytes) collection.remove(row, decode(bytes))
      }
      removed += rows.length
    }
  }
  return removed
}
