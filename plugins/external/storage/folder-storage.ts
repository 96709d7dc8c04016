import { createReadStream, type BigIntStats } from 'node:fs'
import { access, constants, lstat, mkdir, open, opendir, rename, rm, rmdir } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { dirname, join, resolve } from 'node:path'
import { checkedStream } from './checked-stream.ts'
import { openFolderChecksums } from './folder-checksums.ts'
import { measureSource, type MeasuredSource } from './measured-source.ts'
import {
  abandonedAfterMs,
  assertKey,
  assertPrefix,
  type ByteRange,
  type StorageBackend,
  type StoredObject
} from './object-storage.ts'
import { isLeftover, processMark } from './process-mark.ts'

/** Folder of files that are being written. No key begins with a dot, so no object uses the name. */
const incomingFolder = '.incoming'
/** Maximum attempts to move a file: its folder may vanish, with its last object, between creation and move. */
const maxMoveAttempts = 20

/**
 * Opens a storage that keeps objects as files below a folder, and creates the folder when it is missing. A file is
 * written elsewhere, synced and then moved to its place, so that neither a reader nor a crash sees half of it. Its
 * checksum lies beside it.
 * @param options.olderThanMs age after which `removeLeftovers` removes an unfinished file
 */
export async function openFolderStorage(
  folder: string,
  { olderThanMs = abandonedAfterMs } = {}
): Promise<StorageBackend> {
  const root = resolve(folder)
  const incoming = join(root, incomingFolder)
  await mkdir(incoming, { recursive: true, mode: 0o700 })
  const checksums = await openFolderChecksums(root)

  function pathOf(key: string): string {
    assertKey(key)
    return join(root, key)
  }

  async function write(path: string, source: MeasuredSource): Promise<BigIntStats> {
    const file = await open(path, 'wx', 0o600)
    try {
      for await (const chunk of source.bytes) await file.writeFile(chunk)
      await file.sync()
      return await file.stat({ bigint: true })
    } finally {
      await file.close()
    }
  }

  async function move(from: string, to: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await mkdir(dirname(to), { recursive: true, mode: 0o700 })
      try {
        await rename(from, to)
        return await syncFolder(dirname(to))
      } catch (error) {
        if (!isMissing(error) || attempt === maxMoveAttempts) throw error
      }
    }
  }

  async function stat(key: string): Promise<StoredObject | null> {
    const stats = await readStats(pathOf(key))
    return stats?.isFile() ? { ...toObject(key, stats), sha256: await checksums.find(key, stats) } : null
  }

  return {
    async put(key, source) {
      const path = pathOf(key)
      const draft = join(incoming, processMark + randomBytes(16).toString('hex'))
      try {
        const measured = measureSource(source)
        const stats = await write(draft, measured)
        const sha256 = measured.sha256()
        const before = await readStats(path)
        await checksums.write(key, stats, sha256)
        await move(draft, path)
        if (before) await checksums.remove(key, before, stats)
        return { ...toObject(key, stats), sha256 }
      } catch (error) {
        await rm(draft, { force: true })
        throw error
      }
    },

    async get(key, range) {
      const path = pathOf(key)
      const file = (await readStats(path))?.isFile() ? await open(path, 'r').catch(nullIfMissing) : null
      if (!file) return null
      // An open file stays readable when another one takes its place, so the size is that of the open file.
      const stats = await file.stat({ bigint: true })
      const object = { ...toObject(key, stats), sha256: await checksums.find(key, stats) }
      const stream = createReadStream('', { fd: file, ...bounds(range) })
      return {
        object,
        stream: checkedStream(stream, range ? { key, sizeBytes: range.last + 1 - range.first } : object)
      }
    },

    stat,

    async delete(key) {
      const path = pathOf(key)
      const before = await readStats(path)
      await rm(path, { force: true })
      if (before) await checksums.remove(key, before, null)
      await removeEmptyFolders(dirname(path), root)
    },

    async *list(prefix) {
      assertPrefix(prefix)
      yield* walk(root, prefix)
    },

    check: async () => await access(incoming, constants.R_OK | constants.W_OK | constants.X_OK),
    async removeLeftovers() {
      const beforeMs = Date.now() - olderThanMs
      await removeAbandonedFiles(incoming, beforeMs)
      await checksums.removeLeftovers(async key => await readStats(pathOf(key)), beforeMs)
    },
    close() {}
  }
}

function bounds(range: ByteRange | undefined): { start?: number; end?: number } {
  return range ? { start: range.first, end: range.last } : {}
}

function toObject(key: string, { size, mtime }: BigIntStats): StoredObject {
  return { key, sizeBytes: Number(size), modifiedAt: mtime }
}

async function readStats(path: string): Promise<BigIntStats | null> {
  return await lstat(path, { bigint: true }).catch(nullIfMissing)
}

/** Lists the objects below a folder, which may vanish meanwhile. */
async function* walk(root: string, prefix: string): AsyncIterable<StoredObject> {
  const folder = await opendir(join(root, prefix)).catch(nullIfMissing)
  if (!folder) return
  for await (const entry of folder) {
    if (entry.name.startsWith('.')) continue
    const key = prefix + entry.name
    if (entry.isDirectory()) yield* walk(root, `${key}/`)
    const stats = entry.isFile() ? await readStats(join(root, key)) : null
    if (stats) yield toObject(key, stats)
  }
}

/** Removes a folder and its parents when they are empty. The root stays. */
async function removeEmptyFolders(folder: string, root: string): Promise<void> {
  if (folder === root) return
  try {
    await rmdir(folder)
  } catch {
    return
  }
  await removeEmptyFolders(dirname(folder), root)
}

async function removeAbandonedFiles(folder: string, beforeMs: number): Promise<void> {
  for await (const { name } of await opendir(folder)) {
    const path = join(folder, name)
    const stats = await readStats(path)
    if (isLeftover(name) || (stats && stats.mtimeMs < beforeMs)) await rm(path, { force: true })
  }
}

/** Syncs a folder, so that a move into it survives a power cut. Some platforms can't sync folders. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } catch (error) {
    if (!hasCode(error, 'EINVAL', 'EPERM', 'EISDIR')) throw error
  } finally {
    await handle.close()
  }
}

function nullIfMissing(error: unknown): null {
  if (isMissing(error)) return null
  throw error
}

/** ENOTDIR: part of the path is an object, so nothing is below it. */
function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT', 'ENOTDIR')
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some(code => code === error.code)
}
