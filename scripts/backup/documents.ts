import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { deserialize } from 'bson'
import type { Collection, Db, Document } from 'mongodb'
import { inBatches } from '../database/batches.ts'
import { createTally, documentBytes, exactTypes, readAll, readIndexes } from '../database/inventory.ts'
import { BackupError } from './backup-error.ts'
import { createCollisionDetector } from './collisions.ts'
import { writeAtomically } from './files.ts'
import type { CollectionEntry } from './manifest.ts'

/** Receives the number of documents done so far. */
export type OnDocuments = (done: number) => void

/** The entry of a collection in the manifest, and the ids of the documents that its file lacks. */
export interface WrittenCollection {
  entry: CollectionEntry
  undecodable: string[]
}

/** MongoDB allows documents of up to 16 MiB. A greater length is not that of a document. */
const maxDocumentBytes = 17 * 1024 * 1024
const minDocumentBytes = 5
const lengthBytes = 4

/** Number of times a collection is written when others write to it at the same time. */
const maxTries = 5

/** Returns a file name for a collection, with characters escaped that file systems may reject. */
function fileNameOf(collection: string): string {
  return `${encodeURIComponent(collection).replaceAll('*', '%2A').replace(/^\./, '%2E')}.bson`
}

/**
 * Writes the documents of a collection into a file of the folder, as consecutive BSON documents, which `mongorestore`
 * can read. When others write at the same time, a cursor may return two documents that never existed together and that
 * violate a unique index. The collection is then written again. Leaves out documents that cannot be decoded.
 * @throws BackupError when the documents of every try violate an index
 */
export async function writeDocuments(
  collection: Collection,
  folder: string,
  onDocuments: OnDocuments
): Promise<WrittenCollection> {
  for (let tries = 1; ; tries++) {
    const { violatedIndex, entry, undecodable } = await writeOnce(collection, folder, onDocuments)
    if (violatedIndex === null) return { entry, undecodable }
    if (tries === maxTries) {
      throw new BackupError(
        `"${entry.name}" changes too fast: each of ${maxTries} copies has two documents that violate the index ` +
          `${violatedIndex}. Run the same command again at a quieter time.`
      )
    }
  }
}

async function writeOnce(
  collection: Collection,
  folder: string,
  onDocuments: OnDocuments
): Promise<WrittenCollection & { violatedIndex: string | null }> {
  const indexes: CollectionEntry['indexes'] = JSON.parse(JSON.stringify(await readIndexes(collection)))
  const [tally, collisions] = [createTally(), createCollisionDetector(indexes)]
  const undecodable: string[] = []
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const batch of inBatches(readAll(collection, (_name, id) => undecodable.push(id)))) {
      const documents = batch.map(documentBytes)
      for (const document of documents) {
        tally.add(document)
        collisions.add(document)
      }
      yield Buffer.concat(documents)
      onDocuments(tally.result().count)
    }
  }
  const file = fileNameOf(collection.collectionName)
  const sum = await writeAtomically(join(folder, file), bytes())
  const violatedIndex = collisions.violatedIndex()
  const entry = { name: collection.collectionName, file, ...sum, ...tally.result(), indexes }
  return { entry, undecodable, violatedIndex }
}

/**
 * Reads the file of a collection as a restore does.
 * @throws BackupError when the file cannot be restored, or holds other documents than the manifest says
 */
export async function checkDocuments(
  { name, file, count, checksum, indexes }: CollectionEntry,
  folder: string
): Promise<void> {
  const [tally, collisions] = [createTally(), createCollisionDetector(indexes)]
  for await (const document of readDocuments(join(folder, file))) {
    const bytes = documentBytes(document)
    tally.add(bytes)
    collisions.add(bytes)
  }
  const found = tally.result()
  if (found.count !== count || found.checksum !== checksum) {
    throw new BackupError(`"${name}" cannot be restored: the documents in ${file} differ from those of the manifest.`)
  }
  const violatedIndex = collisions.violatedIndex()
  if (violatedIndex !== null) {
    throw new BackupError(
      `"${name}" cannot be restored: two documents in ${file} violate its index ${violatedIndex}. Use another backup.`
    )
  }
}

/**
 * Reads the documents of a file, with the types they had in the database.
 * @throws BackupError when the file holds anything else
 */
export async function* readDocuments(path: string): AsyncGenerator<Document> {
  let rest = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    while (rest.length - at >= lengthBytes) {
      const length = rest.readInt32LE(at)
      if (length < minDocumentBytes || length > maxDocumentBytes) throw invalidDocument(path)
      if (rest.length - at < length) break
      yield decodeDocument(rest.subarray(at, at + length), path)
      at += length
    }
    rest = rest.subarray(at)
  }
  if (rest.length > 0) throw new BackupError(`${path} ends in the middle of a document`)
}

function decodeDocument(bytes: Uint8Array, path: string): Document {
  try {
    return deserialize(bytes, exactTypes)
  } catch (cause) {
    throw invalidDocument(path, cause)
  }
}

function invalidDocument(path: string, cause?: unknown): BackupError {
  return new BackupError(`${path} holds bytes that are not a document`, { cause })
}

/** Creates a collection: its indexes first, so that they reject documents that violate them. */
export async function restoreDocuments(
  db: Db,
  { name, file, indexes }: CollectionEntry,
  folder: string,
  onDocuments: OnDocuments
): Promise<void> {
  const collection = await db.createCollection(name)
  for (const { key, options } of indexes) await collection.createIndex(key as Record<string, 1 | -1>, options)
  let done = 0
  for await (const batch of inBatches(readDocuments(join(folder, file)))) {
    await collection.insertMany(batch, { ordered: false })
    done += batch.length
    onDocuments(done)
  }
}
