import type { Collection, Db } from 'mongodb'
import { inMessages } from './batches.ts'
import { collectionNames, exactTypes, indexesOf, takeInventory } from './inventory.ts'
import { CopyError, type OpenPlace } from './place.ts'

/** How a copy goes on: called for each collection with how much of it is done, from 0 to 100. */
export interface CopyProgress {
  begin (collection: string, count: number): void
  update (percent: number): void
  end (): void
}

/** Whether no collection holds anything. */
export async function isEmpty (db: Db): Promise<boolean> {
  for (const name of await collectionNames(db)) if (await db.collection(name).findOne({}, { projection: { _id: 1 } })) return false
  return true
}

/** Makes room in the target. Throws CopyError where something is and may not be overwritten. */
async function clear (to: OpenPlace, overwrite: boolean): Promise<void> {
  if (!overwrite && !await isEmpty(to.db)) throw new CopyError(`${to.label} is not empty. To replace all that is there: --overwrite`)
  for (const name of await collectionNames(to.db)) await to.db.collection(name).drop()
}

async function copyCollection (from: Collection, to: Collection, progress: CopyProgress): Promise<void> {
  const count = await from.countDocuments()
  progress.begin(from.collectionName, count)
  await to.db.createCollection(to.collectionName)
  for (const { key, options } of await indexesOf(from)) await to.createIndex(key, options)
  let done = 0
  for await (const batch of inMessages(from.find({}, exactTypes))) {
    await to.insertMany(batch, { ordered: false })
    done += batch.length
    progress.update(done * 100 / count)
  }
  progress.end()
}

/**
 * Copies every collection with its documents and indexes. Throws CopyError, with nothing changed, where the source has nothing or
 * the target has something.
 */
export async function copyDatabase (from: OpenPlace, to: OpenPlace, { overwrite, progress }: { overwrite: boolean, progress: CopyProgress }): Promise<void> {
  if (await isEmpty(from.db)) throw new CopyError(`There is nothing in ${from.label}.`)
  await clear(to, overwrite)
  for (const name of await collectionNames(from.db)) await copyCollection(from.db.collection(name), to.db.collection(name), progress)
}

/** Reads both databases as a whole and compares. Answers how many documents there are; throws CopyError naming what differs. */
export async function verifyCopy (from: OpenPlace, to: OpenPlace): Promise<number> {
  const [names, copied] = await Promise.all([collectionNames(from.db), collectionNames(to.db)])
  if (names.join() !== copied.join()) throw new CopyError(`The collections differ: ${names.join(', ')} and ${copied.join(', ')}.`)
  let total = 0
  for (const name of names) {
    const original = await takeInventory(from.db.collection(name))
    const copy = await takeInventory(to.db.collection(name))
    const [aspect] = (['count', 'checksum', 'indexes'] as const).filter(each => String(original[each]) !== String(copy[each]))
    if (aspect) {
      throw new CopyError(`The copy of "${name}" differs in its ${aspect}: ${String(original[aspect])} and ${String(copy[aspect])}.\n` +
        'Does a server still write to one of them? Stop it and copy again with --overwrite.')
    }
    total += original.count
  }
  return total
}
