import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { bytesOf, plain, takeInventory, type IndexPlan } from '../database/inventory.ts'
import { tryOut } from '../database/trial.ts'
import { checkDocuments, readDocuments, restoreDocuments } from './documents.ts'
import { isSame, sumOf } from './files.ts'
import { objectKeys, type Home } from './home.ts'
import { KeepingError } from './backup-error.ts'
import { restorable, restoreKeys, type OwnKeys } from './keys.ts'
import { verifyFiles } from './make-backup.ts'
import { placesIn, type CollectionEntry, type Manifest } from './manifest.ts'
import { restoreObjects, verifyObjects } from './objects.ts'
import { percentOf, type Report } from './report.ts'

export interface RestoreOptions {
  /** Replaces what is there. */
  overwrite: boolean
  /** The keys that are put back, and where to. */
  keysTo: OwnKeys
  report: Report
}

/** A server writes this down at its first start; whoever has started one to see it run has nothing to lose. */
const writtenByStarting: ReadonlySet<string> = new Set(['migrations'])

/** Throws KeepingError where the backup is of a newer program, is not what it was when it was made, or holds what no database takes. */
export async function checkBackup(
  folder: string,
  manifest: Manifest,
  knownMigrations: readonly string[],
  report: Report
): Promise<void> {
  const newer = manifest.migrations.filter(name => !knownMigrations.includes(name))
  if (newer.length > 0) {
    throw new KeepingError(
      `This backup is of version ${manifest.version}, which is newer than this one: its data went through ${newer.join(', ')}. Use that version.`
    )
  }
  await verifyFiles(folder, manifest, report)
  const update = report.begin('documents looked at')
  for (const [n, entry] of manifest.collections.entries()) {
    await checkDocuments(entry, placesIn(folder).documents)
    update(percentOf(n + 1, manifest.collections.length))
  }
  report.end()
}

async function assertEmpty(home: Home, manifest: Manifest, keysTo: OwnKeys): Promise<void> {
  const full = (why: string) => new KeepingError(`${why} To replace all that is there: --overwrite`)
  for (const name of await home.collections()) {
    if (!writtenByStarting.has(name) && (await home.db.collection(name).findOne({}, { projection: { _id: 1 } }))) {
      throw full(`There are ${name} in ${home.label}.`)
    }
  }
  const objects = await objectKeys(await home.storage())
  if (objects.length > 0) throw full(`There are ${objects.length} objects in the storage.`)
  for (const { name, ...sum } of restorable(manifest.keys, keysTo)) {
    const path = join(keysTo.folder, name)
    if (existsSync(path) && !isSame(await sumOf(path), sum)) throw full(`There is another ${path}.`)
  }
}

/** Throws CopyError where the database is one that does not take what is in the backup. */
async function tryDatabase(home: Home, entries: readonly CollectionEntry[], folder: string): Promise<void> {
  await tryOut(
    home,
    entries.map(({ name, file, indexes }) => ({
      name,
      indexes: indexes.map(indexPlan),
      async *documents() {
        for await (const document of readDocuments(join(placesIn(folder).documents, file))) yield bytesOf(document)
      }
    }))
  )
}

/** A manifest has directions as JSON has them. */
const indexPlan = ({ key, options }: CollectionEntry['indexes'][number]): IndexPlan => ({
  key: key as IndexPlan['key'],
  options
})

async function clear(home: Home): Promise<void> {
  for (const name of await home.collections()) await home.db.collection(name).drop()
  const storage = await home.storage()
  for (const { key } of await objectKeys(storage)) await storage.delete(key)
}

async function restoreDatabase(
  home: Home,
  entries: readonly CollectionEntry[],
  folder: string,
  report: Report
): Promise<void> {
  for (const entry of entries) {
    const update = report.begin(`${entry.name}: ${entry.count} documents`)
    await restoreDocuments(home.db, entry, placesIn(folder).documents, done => update(percentOf(done, entry.count)))
    report.end()
  }
}

async function verifyDatabase(home: Home, entries: readonly CollectionEntry[], report: Report): Promise<void> {
  report.say('reading the database back')
  const differs = (what: string) =>
    new KeepingError(
      `${what} in ${home.label} is not as it is in the backup. Does a server still run on it? Stop it and restore again with --overwrite.`
    )
  const names = entries.map(({ name }) => name).sort()
  if ((await home.collections()).join() !== names.join()) throw differs('The list of collections')
  for (const { name, count, checksum, indexes } of entries) {
    const there = await takeInventory(home.db.collection(name))
    if (there.count !== count || there.checksum !== checksum) throw differs(`"${name}"`)
    if (
      there.indexes.join() !==
      indexes
        .map(index => plain(indexPlan(index)))
        .sort()
        .join()
    ) {
      throw differs(`An index of "${name}"`)
    }
  }
}

/**
 * Puts a checked backup back: objects first, so that nothing in the database ever names one that is not there. Then everything is
 * read back and compared. Throws KeepingError, before anything is changed where there is something already, or CopyError where the database refuses
 * what is in the backup.
 */
export async function restoreBackup(
  home: Home,
  folder: string,
  manifest: Manifest,
  { overwrite, keysTo, report }: RestoreOptions
): Promise<void> {
  if (!overwrite) await assertEmpty(home, manifest, keysTo)
  const storage = await home.storage()
  // What is noticed from here on is noticed too late.
  await storage.check()
  const taken = manifest.collections.find(({ name }) => !home.isOwn(name))
  if (taken) {
    throw new KeepingError(
      `The collection ${taken.name} can't be put where objects are kept in the database: it would be among them.`
    )
  }
  report.say('asking the database whether it takes all of it')
  await tryDatabase(home, manifest.collections, folder)
  await clear(home)
  await restoreObjects(storage, manifest.objects, placesIn(folder).objects, report)
  await restoreDatabase(home, manifest.collections, folder, report)
  await restoreKeys(manifest.keys, folder, keysTo)
  await verifyDatabase(home, manifest.collections, report)
  await verifyObjects(storage, manifest.objects, report)
}
