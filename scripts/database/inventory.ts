import { createHash } from 'node:crypto'
import { serialize } from 'bson'
import type { Collection, Db, Document, IndexDescriptionInfo } from 'mongodb'
import { CopyError } from './place.ts'

/** Reading with these keeps the type that every value has in the database. */
export const exactTypes = { promoteValues: false, promoteBuffers: false, bsonRegExp: true } as const

/** An index without what servers add by themselves. */
export interface IndexPlan { key: IndexDescriptionInfo['key'], options: Document }

/** What a collection holds: `checksum` is the same for the same documents, whatever their order. */
export interface Inventory { count: number, checksum: string, indexes: string[] }

/** The names of a database's collections, without the server's own. Throws CopyError for a view or a time series. */
export async function collectionNames (db: Db): Promise<string[]> {
  const all = await db.listCollections().toArray()
  const other = all.find(({ type }) => type !== undefined && type !== 'collection')
  if (other) throw new CopyError(`"${other.name}" is a ${other.type}; only plain collections can be copied.`)
  return all.map(({ name }) => name).filter(name => !name.startsWith('system.')).sort()
}

/** The indexes of a collection but that of `_id`. */
export async function indexesOf (collection: Collection): Promise<IndexPlan[]> {
  const all = await collection.indexes()
  return all.filter(({ name }) => name !== '_id_').map(({ key, v, ns, background, ...options }) => ({
    key, options: Object.fromEntries(Object.entries(options).filter(([, value]) => value !== false))
  }))
}

/** Reads a whole collection. */
export async function takeInventory (collection: Collection): Promise<Inventory> {
  const sum = Buffer.alloc(32)
  let count = 0
  for await (const { _id, ...rest } of collection.find({}, exactTypes)) {
    const hash = createHash('sha256').update(serialize({ _id, ...rest })).digest()
    // Exclusive or forgets the order; no two documents are the same, since no two have the same _id.
    for (const [n, byte] of hash.entries()) sum[n] = (sum[n] ?? 0) ^ byte
    count++
  }
  const indexes = await indexesOf(collection)
  return { count, checksum: sum.toString('hex'), indexes: indexes.map(plain).sort() }
}

function plain ({ key, options }: IndexPlan): string {
  return JSON.stringify([Object.entries(key), Object.entries(options).sort(([a], [b]) => a < b ? -1 : 1)])
}
