import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { deserialize } from 'bson'
import type { Collection, Db, Document } from 'mongodb'
import { inMessages } from '../database/batches.ts'
import { bytesOf, createTally, exactTypes, indexesOf } from '../database/inventory.ts'
import { writeWhole } from './files.ts'
import type { CollectionEntry } from './manifest.ts'

/** Called with how many documents of all are done. */
export type OnDocuments = (done: number) => void

/** MongoDB lets a document have 16 MiB; a longer one is no document. */
const mostDocumentBytes = 17 * 1024 * 1024
const lengthBytes = 4

/** A file name for a collection: what a file system may not like is written as its code. */
function fileNameOf (collection: string): string {
  return `${encodeURIComponent(collection).replaceAll('*', '%2A').replace(/^\./, '%2E')}.bson`
}

/** Writes a collection's documents into a file of the folder, as BSON one after the other: what `mongorestore` reads too. */
export async function writeDocuments (collection: Collection, folder: string, onDocuments: OnDocuments): Promise<CollectionEntry> {
  const tally = createTally()
  async function * bytes (): AsyncGenerator<Uint8Array> {
    for await (const batch of inMessages(collection.find({}, exactTypes))) {
      const documents = batch.map(bytesOf)
      for (const document of documents) tally.add(document)
      yield Buffer.concat(documents)
      onDocuments(tally.result().count)
    }
  }
  const file = fileNameOf(collection.collectionName)
  const indexes = await indexesOf(collection)
  const sum = await writeWhole(join(folder, file), bytes())
  return { name: collection.collectionName, file, ...sum, ...tally.result(), indexes: JSON.parse(JSON.stringify(indexes)) }
}

/** The documents of a file, each as its types are. Throws where it does not end with a document's end. */
export async function * readDocuments (path: string): AsyncGenerator<Document> {
  let rest = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    while (rest.length - at >= lengthBytes) {
      const length = rest.readInt32LE(at)
      if (length < 5 || length > mostDocumentBytes) throw new Error(`${path} holds something that is no document`)
      if (rest.length - at < length) break
      yield deserialize(rest.subarray(at, at + length), exactTypes)
      at += length
    }
    rest = rest.subarray(at)
  }
  if (rest.length > 0) throw new Error(`${path} ends within a document`)
}

/** Makes a collection as it was: first its indexes, so that nothing is in it that they would refuse. */
export async function restoreDocuments (db: Db, { name, file, indexes }: CollectionEntry, folder: string, onDocuments: OnDocuments): Promise<void> {
  const collection = await db.createCollection(name)
  for (const { key, options } of indexes) await collection.createIndex(key as Record<string, 1 | -1>, options)
  let done = 0
  for await (const batch of inMessages(readDocuments(join(folder, file)))) {
    await collection.insertMany(batch, { ordered: false })
    done += batch.length
    onDocuments(done)
  }
}
