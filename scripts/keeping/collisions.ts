import { hash, randomBytes } from 'node:crypto'
import { decode, type Doc } from '../../plugins/embedded/bson/codec.ts'
import { CommandError } from '../../plugins/embedded/errors.ts'
import { documentKeys } from '../../plugins/embedded/store/index-keys.ts'
import { indexFields } from '../../plugins/embedded/store/index-spec.ts'
import type { IndexShape } from '../../plugins/embedded/store/index-shape.ts'
import { createSumList } from './sum-list.ts'

/** An index as a backup describes it. */
interface WrittenIndex { key: Record<string, unknown>, options: Record<string, unknown> }

interface UniqueIndex extends IndexShape { name: string }

/** Of an index with any other option it is not known here which documents it refuses. */
const knownOptions: ReadonlySet<string> = new Set(['name', 'unique', 'sparse', 'expireAfterSeconds'])

function uniqueIndexes (indexes: readonly WrittenIndex[]): UniqueIndex[] {
  const judged = indexes.filter(({ key, options }) => options.unique === true && Object.keys(options).every(name => knownOptions.has(name)) && Object.values(key).every(direction => typeof direction === 'number'))
  return [{ key: { _id: 1 }, options: { name: '_id_' } }, ...judged].map(({ key, options }: WrittenIndex) => ({
    name: String(options.name), fields: indexFields(key), unique: true, sparse: options.sparse === true, multikey: false
  }))
}

function keysIn (index: UniqueIndex, document: Doc): Buffer[] {
  try {
    return documentKeys(index, document).keys
  } catch (error) {
    // A Decimal128: the server's own documents have none in such an index, and whoever takes it in will compare it.
    if (error instanceof CommandError) return []
    throw error
  }
}

/**
 * Looks for documents that no collection with these indexes can hold together, as a cursor gives them that reads while others write:
 * one that was removed, and one that was inserted in its stead. Keeps 8 bytes for each key, a sum that is another each time: where two
 * keys have the same by chance (a hundred million have, one time in some thousands), a second look finds nothing.
 */
export function createCollisions (indexes: readonly WrittenIndex[]) {
  const salt = randomBytes(16)
  const sumOf = (key: Buffer): bigint => hash('sha256', Buffer.concat([salt, key]), 'buffer').readBigUInt64LE()
  const seen = uniqueIndexes(indexes).map(index => ({ index, sums: createSumList() }))

  return {
    /** Takes a document's bytes: the driver's values are of classes that keys are not made of. */
    add (bytes: Uint8Array): void {
      const document = decode(bytes)
      for (const { index, sums } of seen) for (const key of keysIn(index, document)) sums.add(sumOf(key))
    },
    /** The name of an index that two documents collide on, or null. */
    found: (): string | null => seen.find(({ sums }) => sums.hasEqual())?.index.name ?? null
  }
}
