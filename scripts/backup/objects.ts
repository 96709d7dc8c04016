import { createReadStream } from 'node:fs'
import { readdir, rm, stat, utimes } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { StorageBackend } from '../../plugins/external/storage/object-storage.ts'
import { percentOf, type ProgressReport } from '../progress.ts'
import { BackupError } from './backup-error.ts'
import { findFileSum, isSameSum, sumBytes, writeAtomically } from './files.ts'
import type { ObjectEntry } from './manifest.ts'
import { listObjects } from './server-data.ts'

/**
 * Copies all objects of a storage into a folder, one file each. Keeps complete files of an interrupted backup. Leaves
 * out objects that are deleted during the copy. Returns the objects in the folder.
 */
export async function copyObjects(
  storage: StorageBackend,
  folder: string,
  report: ProgressReport
): Promise<ObjectEntry[]> {
  const listed = await listObjects(storage)
  const allBytes = listed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const update = report.start(`${listed.length} objects`)
  const entries: ObjectEntry[] = []
  let doneBytes = 0
  for (const { key, sizeBytes } of listed) {
    const entry = await copyObject(storage, key, join(folder, key))
    if (entry) entries.push(entry)
    doneBytes += sizeBytes
    update(percentOf(doneBytes, allBytes))
  }
  report.finish()
  await removeOthers(folder, new Set(entries.map(({ key }) => key)))
  return entries
}

async function copyObject(storage: StorageBackend, key: string, path: string): Promise<ObjectEntry | null> {
  const before = await stat(path).catch(() => null)
  const now = before && (await storage.stat(key))
  if (before && now && before.size === now.sizeBytes && before.mtimeMs === now.modifiedAt.getTime()) {
    const sum = await findFileSum(path)
    if (sum) return { key, ...sum }
  }
  const found = await storage.get(key)
  if (!found) return null
  try {
    const sum = await writeAtomically(path, found.stream)
    await utimes(path, found.object.modifiedAt, found.object.modifiedAt)
    return { key, ...sum }
  } catch (error) {
    // The object was deleted during the read.
    if ((await storage.stat(key)) === null) return null
    if (error instanceof Error && 'code' in error) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new BackupError(
      `Cannot copy the object ${key}: ${reason}. Restore it from an earlier backup, or delete what it belongs to, then ` +
        'run the same command again.',
      { cause: error }
    )
  }
}

/** Removes objects that an interrupted backup copied and that were deleted since, by a person or with their account. */
async function removeOthers(folder: string, keys: ReadonlySet<string>): Promise<void> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  for (const file of files) {
    const path = join(file.parentPath, file.name)
    if (file.isFile() && !keys.has(relative(folder, path).replaceAll(sep, '/'))) await rm(path)
  }
}

/** Restores objects into a storage that holds none of them. */
export async function restoreObjects(
  storage: StorageBackend,
  entries: readonly ObjectEntry[],
  folder: string,
  report: ProgressReport
): Promise<void> {
  const update = report.start(`${entries.length} objects`)
  for (const [n, { key }] of entries.entries()) {
    await storage.put(key, createReadStream(join(folder, key)))
    update(percentOf(n + 1, entries.length))
  }
  report.finish()
}

/**
 * Reads every object back.
 * @throws BackupError that names the first object that differs from the backup
 */
export async function verifyObjects(
  storage: StorageBackend,
  entries: readonly ObjectEntry[],
  report: ProgressReport
): Promise<void> {
  const update = report.start('objects read back')
  for (const [n, entry] of entries.entries()) {
    const found = await storage.get(entry.key)
    if (!found || !isSameSum(await sumBytes(found.stream), entry)) {
      throw new BackupError(
        `The object ${entry.key} in the storage differs from the backup. Does a server still use the storage?`
      )
    }
    update(percentOf(n + 1, entries.length))
  }
  report.finish()
}
