import { createReadStream } from 'node:fs'
import { readdir, rm, stat, utimes } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { StorageBackend } from '../../plugins/external/storage/object-storage.ts'
import { isSame, sumOf, sumOfBytes, writeWhole } from './files.ts'
import { objectKeys } from './home.ts'
import { KeepingError } from './backup-error.ts'
import type { ObjectEntry } from './manifest.ts'
import { percentOf, type Report } from './report.ts'

/**
 * Copies all objects of a storage into a folder, one file each. What an earlier try copied whole is kept. Objects that are deleted
 * meanwhile are no part of the copy. Resolves with what is there.
 */
export async function copyObjects(storage: StorageBackend, folder: string, report: Report): Promise<ObjectEntry[]> {
  const listed = await objectKeys(storage)
  const allBytes = listed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const update = report.begin(`${listed.length} objects`)
  const entries: ObjectEntry[] = []
  let doneBytes = 0
  for (const { key, sizeBytes } of listed) {
    const entry = await copyObject(storage, key, join(folder, key))
    if (entry) entries.push(entry)
    doneBytes += sizeBytes
    update(percentOf(doneBytes, allBytes))
  }
  report.end()
  await removeOthers(folder, new Set(entries.map(({ key }) => key)))
  return entries
}

async function copyObject(storage: StorageBackend, key: string, path: string): Promise<ObjectEntry | null> {
  const before = await stat(path).catch(() => null)
  const now = before && (await storage.stat(key))
  if (before && now && before.size === now.sizeBytes && before.mtimeMs === now.modifiedAt.getTime()) {
    const sum = await sumOf(path)
    if (sum) return { key, ...sum }
  }
  const found = await storage.get(key)
  if (!found) return null
  try {
    const sum = await writeWhole(path, found.stream)
    await utimes(path, found.object.modifiedAt, found.object.modifiedAt)
    return { key, ...sum }
  } catch (error) {
    // Deleted while it was read: nobody has it any more.
    if ((await storage.stat(key)) === null) return null
    if (error instanceof Error && 'code' in error) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new KeepingError(
      `The object ${key} can't be copied: ${why}. Bring it back from an earlier backup, or delete what it belongs to, and say the same again.`,
      { cause: error }
    )
  }
}

/** What an earlier try copied and was deleted since, by people or with them, does not stay in the backup. */
async function removeOthers(folder: string, keys: ReadonlySet<string>): Promise<void> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  for (const file of files) {
    const path = join(file.parentPath, file.name)
    if (file.isFile() && !keys.has(relative(folder, path).replaceAll(sep, '/'))) await rm(path)
  }
}

/** Puts objects back where a storage has none of them. */
export async function restoreObjects(
  storage: StorageBackend,
  entries: readonly ObjectEntry[],
  folder: string,
  report: Report
): Promise<void> {
  const update = report.begin(`${entries.length} objects`)
  for (const [n, { key }] of entries.entries()) {
    await storage.put(key, createReadStream(join(folder, key)))
    update(percentOf(n + 1, entries.length))
  }
  report.end()
}

/** Reads every object back. Throws KeepingError naming the first that is not as it was. */
export async function verifyObjects(
  storage: StorageBackend,
  entries: readonly ObjectEntry[],
  report: Report
): Promise<void> {
  const update = report.begin('objects read back')
  for (const [n, entry] of entries.entries()) {
    const found = await storage.get(entry.key)
    if (!found || !isSame(await sumOfBytes(found.stream), entry)) {
      throw new KeepingError(
        `The object ${entry.key} is not in the storage as it is in the backup. Does a server still run on it?`
      )
    }
    update(percentOf(n + 1, entries.length))
  }
  report.end()
}
