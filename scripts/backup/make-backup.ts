import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lockId } from '../../plugins/app/operations/migrations/lock.ts'
import { readInventory } from '../database/inventory.ts'
import { percentOf, type ProgressReport } from '../progress.ts'
import { BackupError } from './backup-error.ts'
import { writeDocuments, type WrittenCollection } from './documents.ts'
import { findFileSum, isSameSum, type FileSum } from './files.ts'
import { copyKeys, type GeneratedKeys } from './keys.ts'
import { backupPaths, writeManifest, type CollectionEntry, type Manifest } from './manifest.ts'
import { copyObjects, type CopiedObjects } from './objects.ts'
import type { ServerData } from './server-data.ts'
import { countSongsWithoutAudio } from './songs-without-audio.ts'

export interface BackupOptions {
  /** Version of the program, for the manifest. */
  version: string
  /** No other process can write to the database during the backup. */
  isAlone: boolean
  /** Accepts a backup that may lack changes made during the backup. */
  live: boolean
  /** The generated keys to include, or null for none. */
  keysFrom: GeneratedKeys | null
  report: ProgressReport
}

/** Prepares an empty folder, or the folder of an interrupted backup. */
async function prepareFolder(folder: string): Promise<void> {
  const { unfinished, documents, keys, manifest } = backupPaths(folder)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const isEmpty = (await readdir(folder)).length === 0
  if (!isEmpty && !existsSync(unfinished)) {
    throw new BackupError(`${folder} is neither empty nor an interrupted backup. Use a new folder for each backup.`)
  }
  await chmod(folder, 0o700)
  await writeFile(unfinished, 'This backup is not finished. Run the same command again to continue it.\n', {
    mode: 0o600
  })
  for (const stale of [manifest, documents, keys]) await rm(stale, { recursive: true, force: true })
}

/**
 * Collections to copy before all others. A snapshot of a live show stands for the beginning of its log: copied before
 * the log, it is never newer than the log's copy.
 */
const copiedFirst = ['showSnapshots']

async function writeDatabase(data: ServerData, folder: string, report: ProgressReport): Promise<WrittenCollection[]> {
  const written: WrittenCollection[] = []
  const names = await data.collections()
  const first = names.filter(name => copiedFirst.includes(name))
  for (const name of new Set([...first, ...names])) {
    const collection = data.db.collection(name)
    const count = await collection.countDocuments()
    const update = report.start(`${name}: ${count} documents`)
    written.push(
      await writeDocuments(collection, backupPaths(folder).documents, done => update(percentOf(done, count)))
    )
    report.finish()
  }
  return written
}

/** Returns the collections that changed since they were written. */
async function findChanged(data: ServerData, entries: readonly CollectionEntry[]): Promise<string[]> {
  const written = new Map(entries.map(entry => [entry.name, entry]))
  const names = new Set([...written.keys(), ...(await data.collections())])
  const changed: string[] = []
  for (const name of names) {
    const { checksum } = await readInventory(data.db.collection(name), () => {})
    if (checksum !== written.get(name)?.checksum) changed.push(name)
  }
  return changed
}

async function checkConsistency(
  data: ServerData,
  entries: readonly CollectionEntry[],
  { isAlone, live, report }: BackupOptions
): Promise<Manifest['consistency']> {
  if (isAlone) return 'point'
  report.log('reading the database again to detect changes during the backup')
  const changed = await findChanged(data, entries)
  if (changed.length === 0) return 'point'
  if (live) return 'moving'
  throw new BackupError(
    `The database changed during the backup (${changed.join(', ')}), so the backup is not of one point in time. ` +
      'Stop the servers and run the same command again, or pass --live.'
  )
}

/** Returns every file of a backup with its expected sum. */
export function filesOf(
  folder: string,
  { collections, objects, keys }: Pick<Manifest, 'collections' | 'objects' | 'keys'>
): (FileSum & { path: string })[] {
  const paths = backupPaths(folder)
  return [
    ...collections.map(({ file, sizeBytes, sha256 }) => ({ path: join(paths.documents, file), sizeBytes, sha256 })),
    ...objects.map(({ key, sizeBytes, sha256 }) => ({ path: join(paths.objects, key), sizeBytes, sha256 })),
    ...keys.map(({ name, sizeBytes, sha256 }) => ({ path: join(paths.keys, name), sizeBytes, sha256 }))
  ]
}

/**
 * Reads every file of a backup.
 * @throws BackupError that names missing and damaged files
 */
export async function verifyFiles(
  folder: string,
  manifest: Pick<Manifest, 'collections' | 'objects' | 'keys'>,
  report: ProgressReport
): Promise<void> {
  const files = filesOf(folder, manifest)
  const update = report.start(`${files.length} files read back`)
  const damaged: string[] = []
  for (const [n, { path, ...sum }] of files.entries()) {
    if (!isSameSum(await findFileSum(path), sum)) damaged.push(path)
    update(percentOf(n + 1, files.length))
  }
  report.finish()
  const maxShown = 5
  if (damaged.length > 0) {
    const shown = damaged.slice(0, maxShown).join(', ')
    throw new BackupError(
      `${damaged.length} of ${files.length} files are missing or damaged: ` +
        `${shown}${damaged.length > maxShown ? ', …' : ''}`
    )
  }
}

/** Returns a text with a line for each document and object that a backup lacks. */
function incompleteText(written: readonly WrittenCollection[], unreadable: CopiedObjects['unreadable']): string {
  const documents = written.flatMap(({ entry: { name }, undecodable }) =>
    undecodable.map(id => `  document ${id} of "${name}": its bytes are damaged`)
  )
  const kinds = [
    ...(documents.length > 0 ? [`${documents.length} documents`] : []),
    ...(unreadable.length > 0 ? [`${unreadable.length} objects`] : [])
  ]
  return [
    `The backup holds everything but ${kinds.join(' and ')} that cannot be read:`,
    ...documents,
    ...unreadable.map(({ key, reason }) => `  ${key}: ${reason}`),
    'Restore them from an earlier backup, or delete what they belong to, then run the same command again.'
  ].join('\n')
}

/**
 * Writes the data of a server into a folder: first the database, then the objects it refers to, which never change.
 * After an error the folder is not a backup yet; the same call continues it. Documents and objects that cannot be read
 * do not keep the others from being copied: the folder is then a backup without them, which the same call completes.
 * @throws BackupError, also for a backup without some documents or objects, which it names
 */
export async function makeBackup(
  data: ServerData,
  folder: string,
  options: BackupOptions
): Promise<Manifest['consistency']> {
  const { version, keysFrom, report } = options
  const beganAt = new Date().toISOString()
  const names = await data.collections()
  if (names.length === 0) throw new BackupError(`There is no data in ${data.label}.`)
  await prepareFolder(folder)
  const keys = keysFrom === null ? [] : await copyKeys(keysFrom, folder)
  const written = await writeDatabase(data, folder, report)
  const collections = written.map(({ entry }) => entry)
  const consistency = await checkConsistency(data, collections, options)
  const migrations = names.includes('migrations')
    ? await data.db.collection<{ _id: string }>('migrations').distinct('_id', { _id: { $ne: lockId } })
    : []
  const { objects, unreadable } = await copyObjects(await data.storage(), backupPaths(folder).objects, report)
  const withoutAudio = await countSongsWithoutAudio(data, objects)
  if (withoutAudio > 0) {
    report.log(`${withoutAudio} songs have no audio in the storage: deleted during the backup, or lost before`)
  }
  const backup = {
    version,
    beganAt,
    endedAt: new Date().toISOString(),
    consistency,
    migrations,
    collections,
    objects,
    keys
  }
  await verifyFiles(folder, backup, report)
  await writeManifest(folder, backup)
  if (unreadable.length > 0 || written.some(({ undecodable }) => undecodable.length > 0)) {
    throw new BackupError(incompleteText(written, unreadable))
  }
  await rm(backupPaths(folder).unfinished)
  return consistency
}
