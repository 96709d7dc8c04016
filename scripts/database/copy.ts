import type { Collection, Db, Document } from 'mongodb'
import { isDuplicateKey } from '../../plugins/app/documents/is-duplicate-key.ts'
import { inMessages } from './batches.ts'
import { bytesOf, collectionNames, exactTypes, indexesOf, takeInventory } from './inventory.ts'
import { CopyError, type OpenPlace } from './place.ts'
import { tryOut, type PlannedCollection } from './trial.ts'

/** How a copy goes on: called for each collection with how much of it is done, from 0 to 100. */
export interface CopyProgress {
  begin(collection: string, count: number): void
  update(percent: number): void
  end(): void
}

/** Whether no collection holds anything. */
export async function isEmpty(db: Db): Promise<boolean> {
  for (const name of await collectionNames(db)) {
    if (await db.collection(name).findOne({}, { projection: { _id: 1 } })) return false
  }
  return true
}

async function planned(collection: Collection): Promise<PlannedCollection> {
  return {
    name: collection.collectionName,
    indexes: await indexesOf(collection),
    async *documents() {
      for await (const document of collection.find({}, exactTypes)) yield bytesOf(document)
    }
  }
}

async function copyCollection(from: Collection, to: Collection, progress: CopyProgress): Promise<void> {
  const count = await from.countDocuments()
  progress.begin(from.collectionName, count)
  await to.db.createCollection(to.collectionName)
  for (const { key, options } of await indexesOf(from)) await to.createIndex(key, options)
  let done = 0
  for await (const batch of inMessages(from.find({}, exactTypes))) {
    await insertAll(to, batch)
    done += batch.length
    progress.update((done * 100) / count)
  }
  progress.end()
}

/** A cursor that reads while others write may give a document twice, or two that were never there together. */
async function insertAll(to: Collection, batch: Document[]): Promise<void> {
  try {
    await to.insertMany(batch, { ordered: false })
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    throw new CopyError(
      `"${to.collectionName}" was given two documents that can't be together (${error.message}).\n` +
        'A server still writes to the database that is copied. Stop it and copy again with --overwrite; until then there is no whole copy.',
      { cause: error }
    )
  }
}

/**
 * Copies every collection with its documents and indexes. Throws CopyError, with nothing changed, where the source has nothing, or
 * the target has something or does not take what the source has.
 */
export async function copyDatabase(
  from: OpenPlace,
  to: OpenPlace,
  { overwrite, progress }: { overwrite: boolean; progress: CopyProgress }
): Promise<void> {
  if (await isEmpty(from.db)) throw new CopyError(`There is nothing in ${from.label}.`)
  if (!overwrite && !(await isEmpty(to.db))) {
    throw new CopyError(`${to.label} is not empty. To replace all that is there: --overwrite`)
  }
  const names = await collectionNames(from.db)
  await tryOut(to, await Promise.all(names.map(async name => await planned(from.db.collection(name)))))
  for (const name of await collectionNames(to.db)) await to.db.collection(name).drop()
  for (const name of names) await copyCollection(from.db.collection(name), to.db.collection(name), progress)
}

/** Reads both databases as a whole and compares. Answers how many documents there are; throws CopyError naming what differs. */
export async function verifyCopy(from: OpenPlace, to: OpenPlace): Promise<number> {
  const [names, copied] = await Promise.all([collectionNames(from.db), collectionNames(to.db)])
  if (names.join() !== copied.join()) {
    throw new CopyError(`The collections differ: ${names.join(', ')} and ${copied.join(', ')}.`)
  }
  let total = 0
  for (const name of names) {
    const original = await takeInventory(from.db.collection(name))
    const copy = await takeInventory(to.db.collection(name))
    const [aspect] = (['count', 'checksum', 'indexes'] as const).filter(
      each => String(original[each]) !== String(copy[each])
    )
    if (aspect) {
      throw new CopyError(
        `The copy of "${name}" differs in its ${aspect}: ${String(original[aspect])} and ${String(copy[aspect])}.\n` +
          'Does a server still write to one of them? Stop it and copy again with --overwrite.'
      )
    }
    total += original.count
  }
  return total
}
