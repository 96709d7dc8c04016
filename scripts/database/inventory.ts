import { createHash } from 'node:crypto'
import { serialize } from 'bson'
import type { Collection, Db, Document, IndexDescriptionInfo } from 'mongodb'
import { decodeEach } from '../../plugins/app/documents/decode-each.ts'
import { CopyError } from './location.ts'

/** Query options that keep the type each value has in the database. */
export const exactTypes = { promoteValues: false, promoteBuffers: false, bsonRegExp: true } as const

/** An index without the properties that servers add. */
export interface IndexPlan {
  key: IndexDescriptionInfo['key']
  options: Document
}

/** Contents of a collection. The checksum does not depend on the order of the documents. */
export interface Inventory {
  count: number
  checksum: string
  indexes: string[]
}

/**
 * Returns the names of the collections of a database, without system collections.
 * @throws CopyError for a view or a time series
 */
export async function readCollectionNames(db: Db): Promise<string[]> {
  const all = await db.listCollections().toArray()
  const other = all.find(({ type }) => type !== undefined && type !== 'collection')
  if (other) throw new CopyError(`"${other.name}" is a ${other.type}; only plain collections can be copied.`)
  return all
    .map(({ name }) => name)
    .filter(name => !name.startsWith('system.'))
    .sort()
}

/** Returns the indexes of a collection without that of `_id`. */
export async function readIndexes(collection: Collection): Promise<IndexPlan[]> {
  const all = await collection.indexes()
  return all
    .filter(({ name }) => name !== '_id_')
    .map(({ key, v, ns, background, ...options }) => ({
      key,
      options: Object.fromEntries(Object.entries(options).filter(([, value]) => value !== false))
    }))
}

/** Called with the name of a collection and the id of a document in it that cannot be decoded. */
export type OnUndecodable = (collection: string, id: string) => void

function refuseUndecodable(collection: string, id: string): never {
  throw new CopyError(`The document ${id} of "${collection}" cannot be decoded. Repair or delete it, then try again.`)
}

/**
 * Yields the documents of a collection with exact types. Leaves out those that cannot be decoded, such as texts with
 * invalid bytes.
 * @throws CopyError for a document that cannot be decoded, unless `onUndecodable` is given
 */
export async function* readAll(
  collection: Collection,
  onUndecodable: OnUndecodable = refuseUndecodable
): AsyncGenerator<Document> {
  for await (const decoded of decodeEach(collection, { decoding: exactTypes })) {
    if ('document' in decoded) yield decoded.document
    else onUndecodable(collection.collectionName, idText(decoded.id))
  }
}

function idText(id: unknown): string {
  return id === undefined ? 'with an unreadable id' : JSON.stringify(id)
}

/** Serializes a document with `_id` first, so that the bytes do not depend on the database. */
export function documentBytes({ _id, ...rest }: Document): Uint8Array {
  return serialize({ _id, ...rest })
}

/** Counts documents and computes a checksum that does not depend on their order. */
export function createTally() {
  const sum = Buffer.alloc(32)
  let count = 0

  return {
    add(bytes: Uint8Array): void {
      // XOR ignores the order. Documents are never equal, because their _id differs.
      for (const [n, byte] of createHash('sha256').update(bytes).digest().entries()) sum[n] = (sum[n] ?? 0) ^ byte
      count++
    },
    result: () => ({ count, checksum: sum.toString('hex') })
  }
}

/** Reads all documents and indexes of a collection, as `readAll` does. */
export async function readInventory(collection: Collection, onUndecodable?: OnUndecodable): Promise<Inventory> {
  const tally = createTally()
  for await (const document of readAll(collection, onUndecodable)) tally.add(documentBytes(document))
  const indexes = await readIndexes(collection)
  return { ...tally.result(), indexes: indexes.map(indexText).sort() }
}

/** Returns a text that is equal for equal indexes. */
export function indexText({ key, options }: IndexPlan): string {
  return JSON.stringify([Object.entries(key), Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1))])
}
