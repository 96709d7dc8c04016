import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { deserialize } from 'bson'
import type { Collection, Db, Document } from 'mongodb'
import { inMessages } from '../database/batches.ts'
import { bytesOf, createTally, exactTypes, indexesOf } from '../database/inventory.ts'
import { createCollisions } from './collisions.ts'
import { writeWhole } from './files.ts'
import { KeepingError } from './backup-error.ts'
import type { CollectionEntry } from './manifest.ts'

/** Called with how many documents of all are done. */
export type OnDocuments = (done: number) => void

/** MongoDB lets a document have 16 MiB; a longer one is no document. */
const mostDocumentBytes = 17 * 1024 * 1024
const leastDocumentBytes = 5
const lengthBytes = 4

/** A file name for a collection: what a file system may not like is written as its code. */
function fileNameOf(collection: string): string {
  return `${encodeURIComponent(collection).replaceAll('*', '%2A').replace(/^\./, '%2E')}.bson`
}

/** How often a collection is written before we say that its writers leave us no chance. */
const mostTries = 5

/**
 * Writes a collection's documents into a file of the folder, as BSON one after the other: what `mongorestore` reads too. Where others
 * write meanwhile, a cursor may give two documents that were never there together and that a unique index refuses: then it is
 * written again. Throws KeepingError when that does not help.
 */
export async function writeDocuments(
  collection: Collection,
  folder: string,
  onDocuments: OnDocuments
): Promise<CollectionEntry> {
  for (let tries = 1; ; tries++) {
    const { collides, ...entry } = await writeOnce(collection, folder, onDocuments)
    if (collides === null) return entry
    if (tries === mostTries) {
      throw new KeepingError(
        `"${entry.name}" was written to so much that each of ${mostTries} copies has two documents the index ${collides} refuses. Choose a quieter hour and say the same again.`
      )
    }
  }
}

async function writeOnce(
  collection: Collection,
  folder: string,
  onDocuments: OnDocuments
): Promise<CollectionEntry & { collides: string | null }> {
  const indexes: CollectionEntry['indexes'] = JSON.parse(JSON.stringify(await indexesOf(collection)))
  const [tally, collisions] = [createTally(), createCollisions(indexes)]
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const batch of inMessages(collection.find({}, exactTypes))) {
      const documents = batch.map(bytesOf)
      for (const document of documents) {
        tally.add(document)
        collisions.add(document)
      }
      yield Buffer.concat(documents)
      onDocuments(tally.result().count)
    }
  }
  const file = fileNameOf(collection.collectionName)
  const sum = await writeWhole(join(folder, file), bytes())
  return { name: collection.collectionName, file, ...sum, ...tally.result(), indexes, collides: collisions.found() }
}

/** Reads a collection's file as it would be put back. Throws KeepingError where that could not be done, or would give other documents. */
export async function checkDocuments(
  { name, file, count, checksum, indexes }: CollectionEntry,
  folder: string
): Promise<void> {
  const [tally, collisions] = [createTally(), createCollisions(indexes)]
  for await (const document of readDocuments(join(folder, file))) {
    const bytes = bytesOf(document)
    tally.add(bytes)
    collisions.add(bytes)
  }
  const found = tally.result()
  if (found.count !== count || found.checksum !== checksum) {
    throw new KeepingError(
      `"${name}" can't be put back: the documents in ${file} are not those that its manifest tells of.`
    )
  }
  const collides = collisions.found()
  if (collides !== null) {
    throw new KeepingError(
      `"${name}" can't be put back: its index ${collides} refuses two of the documents in ${file}. Take another backup.`
    )
  }
}

/** The documents of a file, each as its types are. Throws KeepingError where it holds anything else. */
export async function* readDocuments(path: string): AsyncGenerator<Document> {
  let rest = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    while (rest.length - at >= lengthBytes) {
      const length = rest.readInt32LE(at)
      if (length < leastDocumentBytes || length > mostDocumentBytes) {
        throw new KeepingError(`${path} holds something that is no document`)
      }
      if (rest.length - at < length) break
      yield decoded(rest.subarray(at, at + length), path)
      at += length
    }
    rest = rest.subarray(at)
  }
  if (rest.length > 0) throw new KeepingError(`${path} ends within a document`)
}

function decoded(bytes: Uint8Array, path: string): Document {
  try {
    return deserialize(bytes, exactTypes)
  } catch (cause) {
    throw new KeepingError(`${path} holds something that is no document`, { cause })
  }
}

/** Makes a collection as it was: first its indexes, so that nothing is in it that they would refuse. */
export async function restoreDocuments(
  db: Db,
  { name, file, indexes }: CollectionEntry,
  folder: string,
  onDocuments: OnDocuments
): Promise<void> {
  const collection = await db.createCollection(name)
  for (const { key, options } of indexes) await collection.createIndex(key as Record<string, 1 | -1>, options)
  let done = 0
  for await (const batch of inMessages(readDocuments(join(folder, file)))) {
    await collection.insertMany(batch, { ordered: false })
    done += batch.length
    onDocuments(done)
  }
}
