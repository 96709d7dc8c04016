import { createReadStream } from 'node:fs'
import { readdir, rm, stat, utimes } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { CodedError } from '../../contract/errors.ts'
import type { StorageBackend } from '../../plugins/external/storage/object-storage.ts'
import { percentOf, type ProgressReport } from '../progress.ts'
import { BackupError } from './backup-error.ts'
import { findFileSum, isSameSum, sumBytes, writeAtomically } from './files.ts'
import type { ObjectEntry } from './manifest.ts'
import { listObjects } from './server-data.ts'

/** The objects in a backup, and those that could not be read, each with its reason. */
export interface CopiedObjects {
  objects: ObjectEntry[]
  unreadable: { key: string; reason: string }[]
}

/**
 * Copies all objects of a storage into a folder, one file each. Keeps complete files of an interrupted backup. Leaves
 * out objects that are deleted during the copy, and those that cannot be read. Throws when the storage is unavailable
 * and when the folder cannot be written.
 */
export async function copyObjects(
  storage: StorageBackend,
  folder: string,
  report: ProgressReport
): Promise<CopiedObjects> {
  const listed = await listObjects(storage)
  const allBytes = listed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const update = report.start(`${listed.length} objects`)
  const objects: ObjectEntry[] = []
  const unreadable: CopiedObjects['unreadable'] = []
  let doneBytes = 0
  for (const { key, sizeBytes } of listed) {
    const entry = await copyObject(storage, key, join(folder, key))
    if (entry && 'reason' in entry) unreadable.push(entry)
    else if (entry) objects.push(entry)
    doneBytes += sizeBytes
    update(percentOf(doneBytes, allBytes))
  }
  report.finish()
  await removeOthers(folder, new Set(objects.map(({ key }) => key)))
  return { objects, unreadable }
}

async function copyObject(
  storage: StorageBackend,
  key: string,
  path: string
): Promise<ObjectEntry | { key: string; reason: string } | null> {
  const before = await stat(path).catch(() => null)
  const now = before && (await storage.stat(key))
  if (before && now && before.size === now.sizeBytes && before.mtimeMs === now.modifiedAt.getTime()) {
    const sum = await findFileSum(path)
    if (sum) return { key, ...sum }
  }
  const source = { error: null as unknown }
  try {
    const found = await storage.get(key).catch((error: unknown) => {
      if (concernsOneFile(error)) source.error = error
      throw error
    })
    if (!found) return null
    const sum = await writeAtomically(path, withSourceError(found.stream, source))
    await utimes(path, found.object.modifiedAt, found.object.modifiedAt)
    return { key, ...sum }
  } catch (error) {
    const { error: cause } = source
    if (cause === null || (cause instanceof CodedError && cause.code === 'UNAVAILABLE')) throw error
    // The object was deleted during the read.
    if ((await storage.stat(key)) === null) return null
    return { key, reason: cause instanceof Error ? cause.message : String(cause) }
  }
}

const oneFileCodes: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EIO'])

/** Whether a storage folder could not open one file. Any other error at the beginning is one of the whole storage. */
const concernsOneFile = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && oneFileCodes.has(error.code)

/** Passes bytes on, and remembers the error of their source: the error of a write is another one. */
async function* withSourceError(
  stream: AsyncIterable<Uint8Array>,
  source: { error: unknown }
): AsyncGenerator<Uint8Array> {
  try {
    yield* stream
  } catch (error) {
    source.error = error
    throw error
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
