import type { Collection, Db, Document } from 'mongodb'
import { isDuplicateKey } from '../../plugins/app/documents/is-duplicate-key.ts'
import { percentOf, type ProgressReport } from '../progress.ts'
import { inBatches } from './batches.ts'
import { documentBytes, readAll, readCollectionNames, readIndexes, readInventory } from './inventory.ts'
import { CopyError, type OpenDatabase } from './location.ts'
import { checkAccepts, type PlannedCollection } from './trial.ts'

/** Returns whether no collection holds a document. */
export async function isEmpty(db: Db): Promise<boolean> {
  for (const name of await readCollectionNames(db)) {
    if (await db.collection(name).findOne({}, { projection: { _id: 1 } })) return false
  }
  return true
}

async function planCollection(collection: Collection): Promise<PlannedCollection> {
  return {
    name: collection.collectionName,
    indexes: await readIndexes(collection),
    async *documents() {
      for await (const document of readAll(collection)) yield documentBytes(document)
    }
  }
}

async function copyCollection(from: Collection, to: Collection, report: ProgressReport): Promise<void> {
  const count = await from.countDocuments()
  const update = report.start(`${from.collectionName}: ${count} documents`)
  await to.db.createCollection(to.collectionName)
  for (const { key, options } of await readIndexes(from)) await to.createIndex(key, options)
  let done = 0
  for await (const batch of inBatches(readAll(from))) {
    await insertAll(to, batch)
    done += batch.length
    update(percentOf(done, count))
  }
  report.finish()
}

/**
 * Inserts documents. A cursor that reads while others write may return a document twice, or two that never existed
 * together.
 */
async function insertAll(to: Collection, batch: Document[]): Promise<void> {
  try {
    await to.insertMany(batch, { ordered: false })
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    throw new CopyError(
      `Two documents of "${to.collectionName}" violate an index (${error.message}).\n` +
        'A server still writes to the source. Stop it and copy again with --overwrite; until then the copy is incomplete.',
      { cause: error }
    )
  }
}

/**
 * Copies every collection with its documents and indexes.
 * @throws CopyError before any change when the source is empty, when the target is not, or when it does not accept the
 * source's data
 */
export async function copyDatabase(
  from: OpenDatabase,
  to: OpenDatabase,
  { overwrite, report }: { overwrite: boolean; report: ProgressReport }
): Promise<void> {
  if (await isEmpty(from.db)) throw new CopyError(`There is no data in ${from.label}.`)
  if (!overwrite && !(await isEmpty(to.db))) {
    throw new CopyError(`${to.label} is not empty. Pass --overwrite to replace all existing data.`)
  }
  const names = await readCollectionNames(from.db)
  await checkAccepts(to, await Promise.all(names.map(async name => await planCollection(from.db.collection(name)))))
  for (const name of await readCollectionNames(to.db)) await to.db.collection(name).drop()
  for (const name of names) await copyCollection(from.db.collection(name), to.db.collection(name), report)
}

/**
 * Reads both databases and compares them. Returns the number of documents.
 * @throws CopyError that names the first difference
 */
export async function verifyCopy(from: OpenDatabase, to: OpenDatabase): Promise<number> {
  const [names, copied] = await Promise.all([readCollectionNames(from.db), readCollectionNames(to.db)])
  if (names.join() !== copied.join()) {
    throw new CopyError(`The collections differ: ${names.join(', ')} and ${copied.join(', ')}.`)
  }
  let total = 0
  for (const name of names) {
    const original = await readInventory(from.db.collection(name))
    const copy = await readInventory(to.db.collection(name))
    const [aspect] = (['count', 'checksum', 'indexes'] as const).filter(
      each => String(original[each]) !== String(copy[each])
    )
    if (aspect) {
      throw new CopyError(
        `The copy of "${name}" differs in its ${aspect}: ${String(original[aspect])} and ${String(copy[aspect])}.\n` +
          'Does a server still write to one of the databases? Stop it and copy again with --overwrite.'
      )
    }
    total += original.count
  }
  return total
}
