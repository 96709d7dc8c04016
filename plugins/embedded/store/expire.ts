import { decode } from '../bson/codec.ts'
import { numberIn } from '../bson/numbers.ts'
import { findDocuments } from '../query/find.ts'
import type { Store } from './store.ts'

/** Removes what TTL indexes say is over at `now`. Arrays count by their first date that is. Returns how many were removed. */
export function removeExpired(store: Store, now: Date): number {
  let removed = 0
  for (const collection of store.catalog.all()) {
    for (const {
      spec,
      fields: [field]
    } of collection.secondaryIndexes) {
      const seconds = numberIn(spec.expireAfterSeconds)
      if (seconds === undefined || !field) continue
      const filter = { [field.path]: { $lte: new Date(now.getTime() - seconds * 1000) } }
      const rows = Array.from(findDocuments(collection, { filter, limit: 1000 }), ({ row }) => row)
      for (const row of rows) {
        const bytes = collection.read(row)
        if (bytes) collection.remove(row, decode(bytes))
      }
      removed += rows.length
    }
  }
  return removed
}
