import { createHash } from 'node:crypto'
import { serialize } from 'bson'
import type { Collection, Db, Document, IndexDescriptionInfo } from 'mongodb'
import { CopyError } from './place.ts'

/** Reading with these keeps the type that every value has in the database. */
export const exactTypes = { promoteValues: false, promoteBuffers: false, bsonRegExp: true } as const

/** An index without what servers add by themselves. */
export interface IndexPlan {
  key: IndexDescriptionInfo['key']
  options: Document
}

/** What a collection holds: `checksum` is the same for the same documents, whatever their order. */
export interface Inventory {
  count: number
  checksum: string
  indexes: string[]
}

/** The names of a database's collections, without the server's own. Throws CopyError for a view or a time series. */
export async function collectionNames(db: Db): Promise<string[]> {
  const all = await db.listCollections().toArray()
  const other = all.find(({ type }) => type !== undefined && type !== 'collection')
  if (other) throw new CopyError(`"${other.name}" is a ${other.type}; only plain collections can be copied.`)
  return all
    .map(({ name }) => name)
    .filter(name => !name.startsWith('system.'))
    .sort()
}

/** The indexes of a collection but that of `_id`. */
export async function indexesOf(collection: Collection): Promise<IndexPlan[]> {
  const all = await collection.indexes()
  return all
    .filter(({ name }) => name !== '_id_')
    .map(({ key, v, ns, background, ...options }) => ({
      key,
      options: Object.fromEntries(Object.entries(options).filter(([, value]) => value !== false))
    }))
}

/** A document's bytes, the same wherever it comes from: `_id` stands first. */
export function bytesOf({ _id, ...rest }: Document): Uint8Array {
  return serialize({ _id, ...rest })
}

/** Counts documents, and sums them up in one checksum that forgets their order. */
export function createTally() {
  const sum = Buffer.alloc(32)
  let count = 0

  return {
    add(bytes: Uint8Array): void {
      // Exclusive or forgets the order; no two documents are the same, since no two have the same _id.
      for (const [n, byte] of createHash('sha256').update(bytes).digest().entries()) sum[n] = (sum[n] ?? 0) ^ byte
      count++
    },
    result: () => ({ count, checksum: sum.toString('hex') })
  }
}

/** Reads a whole collection. */
export async function takeInventory(collection: Collection): Promise<Inventory> {
  const tally = createTally()
  for await (const document of collection.find({}, exactTypes)) tally.add(bytesOf(document))
  const indexes = await indexesOf(collection)
  return { ...tally.result(), indexes: indexes.map(plain).sort() }
}

/** An index as text, the same for the same index. */
export function plain({ key, options }: IndexPlan): string {
  return JSON.stringify([Object.entries(key), Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1))])
}
