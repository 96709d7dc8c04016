import { hash, randomBytes } from 'node:crypto'
import { decode } from '../../plugins/embedded/document-keys.ts'
import { keysIn, plainShapes, type WrittenIndex } from '../database/index-shapes.ts'
import { createSumList } from './sum-list.ts'

/**
 * Looks for documents that no collection with these indexes can hold together, as a cursor gives them that reads while others write:
 * one that was removed, and one that was inserted in its stead. Keeps 8 bytes for each key, a sum that is another each time: where two
 * keys have the same by chance (a hundred million have, one time in some thousands), a second look finds nothing.
 */
export function createCollisions(indexes: readonly WrittenIndex[]) {
  const salt = randomBytes(16)
  const sumOf = (key: Buffer): bigint => hash('sha256', Buffer.concat([salt, key]), 'buffer').readBigUInt64LE()
  const seen = plainShapes(indexes)
    .filter(({ unique }) => unique)
    .map(index => ({ index, sums: createSumList() }))

  return {
    /** Takes a document's bytes: the driver's values are of classes that keys are not made of. */
    add(bytes: Uint8Array): void {
      const document = decode(bytes)
      // What has no keys here, the server's own documents have not; whoever takes it in will compare it.
      for (const { index, sums } of seen) for (const key of keysIn(index, document) ?? []) sums.add(sumOf(key))
    },
    /** The name of an index that two documents collide on, or null. */
    found: (): string | null => seen.find(({ sums }) => sums.hasEqual())?.index.name ?? null
  }
}
