import { hash, randomBytes } from 'node:crypto'
import { decode } from '../../plugins/embedded/document-keys.ts'
import { keysIn, knownIndexShapes, type IndexDefinition } from '../database/index-shapes.ts'
import { createSumList } from './sum-list.ts'

/**
 * Detects documents that violate a unique index together. A cursor returns such documents when others write during the
 * read: one that was removed, and one that was inserted in its place. Keeps 8 bytes for each key, a sum with a random
 * salt. Two different keys may have the same sum by chance (with a hundred million keys, once in some thousand reads);
 * a second read with another salt then finds nothing.
 */
export function createCollisionDetector(indexes: readonly IndexDefinition[]) {
  const salt = randomBytes(16)
  const sumOf = (key: Buffer): bigint => hash('sha256', Buffer.concat([salt, key]), 'buffer').readBigUInt64LE()
  const seen = knownIndexShapes(indexes)
    .filter(({ unique }) => unique)
    .map(index => ({ index, sums: createSumList() }))

  return {
    /** Adds a document as bytes, because keys are not computed from the value classes of the driver. */
    add(bytes: Uint8Array): void {
      const document = decode(bytes)
      // The server's own documents always have keys. Other documents are compared by the database that takes them.
      for (const { index, sums } of seen) for (const key of keysIn(index, document) ?? []) sums.add(sumOf(key))
    },
    /** Returns the name of an index that two documents violate, or null. */
    violatedIndex: (): string | null => seen.find(({ sums }) => sums.hasDuplicate())?.index.name ?? null
  }
}
