import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lockId } from '../../plugins/app/operations/migrations/lock.ts'
import { takeInventory } from '../database/inventory.ts'
import { writeDocuments } from './documents.ts'
import { isSame, sumOf, type FileSum } from './files.ts'
import type { Home } from './home.ts'
import { KeepingError } from './backup-error.ts'
import { copyKeys, type OwnKeys } from './keys.ts'
import { placesIn, writeManifest, type CollectionEntry, type Manifest } from './manifest.ts'
import { copyObjects } from './objects.ts'
import { percentOf, type Report } from './report.ts'
import { countSilent } from './sounds.ts'

export interface BackupOptions {
  /** The program's version, for the manifest. */
  version: string
  /** Nobody else can write to the database meanwhile. */
  isAlone: boolean
  /** What others write meanwhile may or may not be in the backup. */
  live: boolean
  /** The keys that the server made, if they are to go with it. */
  keysFrom: OwnKeys | null
  report: Report
}

/** Takes a folder that is empty, or where an earlier try was broken off. */
async function takeFolder(folder: string): Promise<void> {
  const { unfinished, documents, keys } = placesIn(folder)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const isEmpty = (await readdir(folder)).length === 0
  if (!isEmpty && !existsSync(unfinished)) {
    throw new KeepingError(
      `${folder} is not empty, and no backup that was broken off. Give a folder of its own to each backup.`
    )
  }
  await chmod(folder, 0o700)
  await writeFile(unfinished, 'This backup was not finished. The same command again goes on with it.\n', {
    mode: 0o600
  })
  for (const stale of [documents, keys]) await rm(stale, { recursive: true, force: true })
}

async function writeDatabase(home: Home, folder: string, report: Report): Promise<CollectionEntry[]> {
  const entries: CollectionEntry[] = []
  for (const name of await home.collections()) {
    const collection = home.db.collection(name)
    const count = await collection.countDocuments()
    const update = report.begin(`${name}: ${count} documents`)
    entries.push(await writeDocuments(collection, placesIn(folder).documents, done => update(percentOf(done, count))))
    report.end()
  }
  return entries
}

/** The collections that are not any more as they were written down. */
async function changedSince(home: Home, entries: readonly CollectionEntry[]): Promise<string[]> {
  const written = new Map(entries.map(entry => [entry.name, entry]))
  const names = new Set([...written.keys(), ...(await home.collections())])
  const changed: string[] = []
  for (const name of names) {
    if ((await takeInventory(home.db.collection(name))).checksum !== written.get(name)?.checksum) changed.push(name)
  }
  return changed
}

async function consistencyOf(
  home: Home,
  entries: readonly CollectionEntry[],
  { isAlone, live, report }: BackupOptions
): Promise<Manifest['consistency']> {
  if (isAlone) return 'point'
  report.say('reading the database again, to see whether somebody wrote meanwhile')
  const changed = await changedSince(home, entries)
  if (changed.length === 0) return 'point'
  if (live) return 'moving'
  throw new KeepingError(
    `Somebody wrote meanwhile (${changed.join(', ')}), so this is no picture of one moment. Stop the servers and say the same again, or say --live.`
  )
}

/** Every file of a backup, with what it has to be. */
export function filesOf(
  folder: string,
  { collections, objects, keys }: Pick<Manifest, 'collections' | 'objects' | 'keys'>
): (FileSum & { path: string })[] {
  const { documents, objects: storage, keys: secrets } = placesIn(folder)
  return [
    ...collections.map(({ file, sizeBytes, sha256 }) => ({ path: join(documents, file), sizeBytes, sha256 })),
    ...objects.map(({ key, sizeBytes, sha256 }) => ({ path: join(storage, key), sizeBytes, sha256 })),
    ...keys.map(({ name, sizeBytes, sha256 }) => ({ path: join(secrets, name), sizeBytes, sha256 }))
  ]
}

/** Reads every file of a backup. Throws KeepingError naming those that are missing or damaged. */
export async function verifyFiles(
  folder: string,
  manifest: Pick<Manifest, 'collections' | 'objects' | 'keys'>,
  report: Report
): Promise<void> {
  const files = filesOf(folder, manifest)
  const update = report.begin(`${files.length} files read back`)
  const bad: string[] = []
  for (const [n, { path, ...sum }] of files.entries()) {
    if (!isSame(await sumOf(path), sum)) bad.push(path)
    update(percentOf(n + 1, files.length))
  }
  report.end()
  const shown = 5
  if (bad.length > 0) {
    throw new KeepingError(
      `${bad.length} of ${files.length} files are missing or damaged: ${bad.slice(0, shown).join(', ')}${bad.length > shown ? ', …' : ''}`
    )
  }
}

/**
 * Writes everything a server keeps into a folder: first the database, then the objects it names, which never change. Throws
 * KeepingError; the folder is then no backup, and the same again goes on where it was.
 */
export async function makeBackup(home: Home, folder: string, options: BackupOptions): Promise<Manifest['consistency']> {
  const { version, keysFrom, report } = options
  const beganAt = new Date().toISOString()
  const names = await home.collections()
  if (names.length === 0) throw new KeepingError(`There is nothing in ${home.label}.`)
  await takeFolder(folder)
  const keys = keysFrom === null ? [] : await copyKeys(keysFrom, folder)
  const collections = await writeDatabase(home, folder, report)
  const consistency = await consistencyOf(home, collections, options)
  const migrations = names.includes('migrations')
    ? await home.db.collection<{ _id: string }>('migrations').distinct('_id', { _id: { $ne: lockId } })
    : []
  const objects = await copyObjects(await home.storage(), placesIn(folder).objects, report)
  const silent = await countSilent(home, objects)
  if (silent > 0) {
    report.say(`${silent} songs have no sound in the storage: they were deleted meanwhile, or it was lost before`)
  }
  const made = {
    version,
    beganAt,
    endedAt: new Date().toISOString(),
    consistency,
    migrations,
    collections,
    objects,
    keys
  }
  await verifyFiles(folder, made, report)
  await writeManifest(folder, made)
  await rm(placesIn(folder).unfinished)
  return consistency
}
