import { createReadStream, type BigIntStats } from 'node:fs'
import { access, constants, lstat, mkdir, open, opendir, rename, rm, rmdir } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { dirname, join, resolve } from 'node:path'
import { checkedStream } from './checked-stream.ts'
import { openFolderSums } from './folder-sums.ts'
import { measure, type MeasuredSource } from './measured-source.ts'
import {
  abandonedMs,
  assertKey,
  assertPrefix,
  type ByteRange,
  type StorageHome,
  type StoredObject
} from './object-storage.ts'
import { isLeftOver, processMark } from './process-mark.ts'

/** Where objects stand while they are written. No key begins with a dot, so it is nobody's. */
const incoming = '.incoming'
/** How often a folder may vanish, with its last object, between its making and the move into it. */
const mostMoves = 20

/**
 * Keeps objects as files below a folder, which is made when it is missing. A file is written elsewhere, synced, and moved to its
 * place, so that no reader and no crash ever sees half of one; its checksum lies beside it. `olderThanMs`: since when nothing was written to what `tidy` removes.
 */
export async function openFolderStorage(folder: string, { olderThanMs = abandonedMs } = {}): Promise<StorageHome> {
  const root = resolve(folder)
  const waitingRoom = join(root, incoming)
  await mkdir(waitingRoom, { recursive: true, mode: 0o700 })
  const sums = await openFolderSums(root)

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
    for (let moves = 1; ; moves++) {
      await mkdir(dirname(to), { recursive: true, mode: 0o700 })
      try {
        await rename(from, to)
        return await syncFolder(dirname(to))
      } catch (error) {
        if (!isMissing(error) || moves === mostMoves) throw error
      }
    }
  }

  async function stat(key: string): Promise<StoredObject | null> {
    const stats = await statsOf(pathOf(key))
    return stats?.isFile() ? { ...described(key, stats), sha256: await sums.of(key, stats) } : null
  }

  return {
    async put(key, source) {
      const path = pathOf(key)
      const draft = join(waitingRoom, processMark + randomBytes(16).toString('hex'))
      try {
        const measured = measure(source)
        const stats = await write(draft, measured)
        const sha256 = measured.sha256()
        const before = await statsOf(path)
        await sums.keep(key, stats, sha256)
        await move(draft, path)
        if (before) await sums.forget(key, before, stats)
        return { ...described(key, stats), sha256 }
      } catch (error) {
        await rm(draft, { force: true })
        throw error
      }
    },

    async get(key, range) {
      const path = pathOf(key)
      const file = (await statsOf(path))?.isFile() ? await open(path, 'r').catch(missingAsNull) : null
      if (!file) return null
      // What is open stays as it is, whatever takes its place meanwhile; so its size is asked again.
      const stats = await file.stat({ bigint: true })
      const object = { ...described(key, stats), sha256: await sums.of(key, stats) }
      const stream = createReadStream('', { fd: file, ...bounds(range) })
      return {
        object,
        stream: checkedStream(stream, range ? { key, sizeBytes: range.last + 1 - range.first } : object)
      }
    },

    stat,

    async delete(key) {
      const path = pathOf(key)
      const before = await statsOf(path)
      await rm(path, { force: true })
      if (before) await sums.forget(key, before, null)
      await removeEmpty(dirname(path), root)
    },

    async *list(prefix) {
      assertPrefix(prefix)
      yield* walk(root, prefix)
    },

    check: async () => await access(waitingRoom, constants.R_OK | constants.W_OK | constants.X_OK),
    async tidy() {
      const beforeMs = Date.now() - olderThanMs
      await removeAbandoned(waitingRoom, beforeMs)
      await sums.tidy(async key => await statsOf(pathOf(key)), beforeMs)
    },
    close() {}
  }
}

function bounds(range: ByteRange | undefined): { start?: number; end?: number } {
  return range ? { start: range.first, end: range.last } : {}
}

function described(key: string, { size, mtime }: BigIntStats): StoredObject {
  return { key, sizeBytes: Number(size), modifiedAt: mtime }
}

async function statsOf(path: string): Promise<BigIntStats | null> {
  return await lstat(path, { bigint: true }).catch(missingAsNull)
}

/** Below a folder that may vanish while it is read. */
async function* walk(root: string, prefix: string): AsyncIterable<StoredObject> {
  const folder = await opendir(join(root, prefix)).catch(missingAsNull)
  if (!folder) return
  for await (const entry of folder) {
    if (entry.name.startsWith('.')) continue
    const key = prefix + entry.name
    if (entry.isDirectory()) yield* walk(root, `${key}/`)
    const stats = entry.isFile() ? await statsOf(join(root, key)) : null
    if (stats) yield described(key, stats)
  }
}

/** A folder without objects is no use; the root stays. */
async function removeEmpty(folder: string, root: string): Promise<void> {
  if (folder === root) return
  try {
    await rmdir(folder)
  } catch {
    return
  }
  await removeEmpty(dirname(folder), root)
}

async function removeAbandoned(folder: string, beforeMs: number): Promise<void> {
  for await (const { name } of await opendir(folder)) {
    const path = join(folder, name)
    const stats = await statsOf(path)
    if (isLeftOver(name) || (stats && stats.mtimeMs < beforeMs)) await rm(path, { force: true })
  }
}

/** A move is kept over a power cut once its folder is synced. Not everywhere can folders be. */
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

function missingAsNull(error: unknown): null {
  if (isMissing(error)) return null
  throw error
}

/** ENOTDIR: part of the path is an object, so there is nothing below it. */
function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT', 'ENOTDIR')
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some(code => code === error.code)
}
