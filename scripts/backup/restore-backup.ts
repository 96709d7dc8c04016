import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { documentBytes, indexText, readInventory, type IndexPlan } from '../database/inventory.ts'
import { checkAccepts } from '../database/trial.ts'
import { percentOf, type ProgressReport } from '../progress.ts'
import { BackupError } from './backup-error.ts'
import { checkDocuments, readDocuments, restoreDocuments } from './documents.ts'
import { findFileSum, isSameSum } from './files.ts'
import { restorableKeys, restoreKeys, type GeneratedKeys } from './keys.ts'
import { verifyFiles } from './make-backup.ts'
import { backupPaths, type CollectionEntry, type Manifest } from './manifest.ts'
import { restoreObjects, verifyObjects } from './objects.ts'
import { listObjects, type ServerData } from './server-data.ts'

export interface RestoreOptions {
  /** Replaces existing data. */
  overwrite: boolean
  /** The keys to restore, and their folder. */
  keysTo: GeneratedKeys
  report: ProgressReport
}

/** Collections that a server writes at its first start. A server that was only started has no data to lose. */
const writtenAtFirstStart: ReadonlySet<string> = new Set(['migrations'])

/**
 * Checks a backup without changing anything.
 * @throws BackupError when a newer program made it, when files are damaged, or when no database can hold its documents
 */
export async function checkBackup(
  folder: string,
  manifest: Manifest,
  knownMigrations: readonly string[],
  report: ProgressReport
): Promise<void> {
  const newer = manifest.migrations.filter(name => !knownMigrations.includes(name))
  if (newer.length > 0) {
    throw new BackupError(
      `This backup is of version ${manifest.version}, which is newer than this one: it has the migrations ` +
        `${newer.join(', ')}. Restore it with that version.`
    )
  }
  await verifyFiles(folder, manifest, report)
  const update = report.start('documents checked')
  for (const [n, entry] of manifest.collections.entries()) {
    await checkDocuments(entry, backupPaths(folder).documents)
    update(percentOf(n + 1, manifest.collections.length))
  }
  report.finish()
}

async function assertEmpty(data: ServerData, manifest: Manifest, keysTo: GeneratedKeys): Promise<void> {
  const notEmpty = (reason: string) => new BackupError(`${reason} Pass --overwrite to replace all existing data.`)
  for (const name of await data.collections()) {
    if (!writtenAtFirstStart.has(name) && (await data.db.collection(name).findOne({}, { projection: { _id: 1 } }))) {
      throw notEmpty(`${data.label} already has documents in ${name}.`)
    }
  }
  const objects = await listObjects(await data.storage())
  if (objects.length > 0) throw notEmpty(`The storage already has objects (${objects.length}).`)
  for (const { name, ...sum } of restorableKeys(manifest.keys, keysTo)) {
    const path = join(keysTo.folder, name)
    if (existsSync(path) && !isSameSum(await findFileSum(path), sum)) throw notEmpty(`There is another ${path}.`)
  }
}

/** Throws CopyError when the database does not accept the collections of the backup. */
async function checkDatabase(data: ServerData, entries: readonly CollectionEntry[], folder: string): Promise<void> {
  await checkAccepts(
    data,
    entries.map(({ name, file, indexes }) => ({
      name,
      indexes: indexes.map(indexPlan),
      async *documents() {
        for await (const document of readDocuments(join(backupPaths(folder).documents, file))) {
          yield documentBytes(document)
        }
      }
    }))
  )
}

/** Converts an index of the manifest, where JSON has lost the type of its directions. */
const indexPlan = ({ key, options }: CollectionEntry['indexes'][number]): IndexPlan => ({
  key: key as IndexPlan['key'],
  options
})

async function clear(data: ServerData): Promise<void> {
  for (const name of await data.collections()) await data.db.collection(name).drop()
  const storage = await data.storage()
  for (const { key } of await listObjects(storage)) await storage.delete(key)
}

async function restoreDatabase(
  data: ServerData,
  entries: readonly CollectionEntry[],
  folder: string,
  report: ProgressReport
): Promise<void> {
  for (const entry of entries) {
    const update = report.start(`${entry.name}: ${entry.count} documents`)
    await restoreDocuments(data.db, entry, backupPaths(folder).documents, done => update(percentOf(done, entry.count)))
    report.finish()
  }
}

async function verifyDatabase(
  data: ServerData,
  entries: readonly CollectionEntry[],
  report: ProgressReport
): Promise<void> {
  report.log('reading the database back')
  const differs = (subject: string) =>
    new BackupError(
      `${subject} in ${data.label} differs from the backup. Does a server still use the database? Stop it and restore ` +
        'again with --overwrite.'
    )
  const names = entries.map(({ name }) => name).sort()
  if ((await data.collections()).join() !== names.join()) throw differs('The list of collections')
  for (const { name, count, checksum, indexes } of entries) {
    const restored = await readInventory(data.db.collection(name))
    if (restored.count !== count || restored.checksum !== checksum) throw differs(`"${name}"`)
    const expected = indexes.map(index => indexText(indexPlan(index))).sort()
    if (restored.indexes.join() !== expected.join()) throw differs(`An index of "${name}"`)
  }
}

/**
 * Restores a checked backup: objects first, so that the database never refers to a missing object. Then reads
 * everything back and compares.
 * @throws BackupError before any change when there is data already, CopyError when the database does not accept the
 * backup
 */
export async function restoreBackup(
  data: ServerData,
  folder: string,
  manifest: Manifest,
  { overwrite, keysTo, report }: RestoreOptions
): Promise<void> {
  if (!overwrite) await assertEmpty(data, manifest, keysTo)
  const storage = await data.storage()
  // Find every reason to fail now: the next steps delete data.
  await storage.check()
  const reserved = manifest.collections.find(({ name }) => !data.isDocumentCollection(name))
  if (reserved) {
    throw new BackupError(
      `Cannot restore the collection ${reserved.name}: STORAGE_URL keeps objects in the collections of that name.`
    )
  }
  report.log('checking that the database accepts the backup')
  await checkDatabase(data, manifest.collections, folder)
  await clear(data)
  await restoreObjects(storage, manifest.objects, backupPaths(folder).objects, report)
  await restoreDatabase(data, manifest.collections, folder, report)
  await restoreKeys(manifest.keys, folder, keysTo)
  await verifyDatabase(data, manifest.collections, report)
  await verifyObjects(storage, manifest.objects, report)
}
