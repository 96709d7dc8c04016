import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isLeftover, processMark } from '../../external/storage/process-mark.ts'
import type { ClockMark } from './document.ts'
import { measureFile, parseMarks, parseShowId, showLine, type WholePages } from './ogg-end.ts'
import type { SpoolPaths } from './spool-file.ts'

/** A folder of a process that was not touched for this long is a leftover, even if its process is unknown. */
const abandonedAfterMs = 120_000
const audioPattern = /^([A-Za-z0-9_-]{1,64})\.ogg$/

/** Counted for a stint that is being written, beside its bytes: what its writer and the disk may have under way. */
const underWayBytes = 256 * 1024

/** A stint in the spool whose writer has ended. */
export interface SpooledStint extends WholePages {
  marks: ClockMark[]
}

export type Spool = Awaited<ReturnType<typeof openSpool>>

/**
 * Opens the spool of this process: a folder of its own below `root`. Another process takes the files over once this one
 * has certainly ended, or has not touched its folder for two minutes.
 */
export async function openSpool(root: string) {
  const own = join(root, nameOfFolder())
  await mkdir(own, { recursive: true, mode: 0o700 })
  const sizes = new Map<string, number>()

  const pathsOf = (stintId: string): SpoolPaths => ({
    audio: join(own, `${stintId}.ogg`),
    marks: join(own, `${stintId}.marks`)
  })

  async function isAbandoned(name: string): Promise<boolean> {
    if (isLeftover(name)) return true
    const stats = await stat(join(root, name)).catch(nullIfMissing)
    return stats !== null && stats.mtimeMs < Date.now() - abandonedAfterMs
  }

  /** Moves the files of another process here. Of several processes that try, one gets the folder. */
  async function takeOver(name: string): Promise<string[]> {
    const [abandoned, claimed] = [join(root, name), join(root, nameOfFolder())]
    const now = new Date()
    try {
      // Nobody takes it for abandoned under its new name.
      await utimes(abandoned, now, now)
      await rename(abandoned, claimed)
    } catch (error) {
      if (nullIfMissing(error) === null) return []
    }
    const names = await readdir(claimed)
    for (const file of names) await rename(join(claimed, file), join(own, file))
    await rmdir(claimed)
    const stintIds = names.flatMap(file => audioPattern.exec(file)?.[1] ?? [])
    for (const stintId of stintIds) sizes.set(stintId, (await stat(pathsOf(stintId).audio)).size)
    return stintIds
  }

  return {
    pathsOf,

    /** Returns the size of all stints in this spool. The storage may need as much on the same disk to take them. */
    getUsedBytes: (): number => [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0),

    /** Counts bytes that are appended to a stint. */
    grow(stintId: string, bytes: number): void {
      sizes.set(stintId, (sizes.get(stintId) ?? 0) + bytes)
    },

    /** Shows other processes that this one is alive. */
    async touch(): Promise<void> {
      const now = new Date()
      await utimes(own, now, now).catch(async () => await mkdir(own, { recursive: true, mode: 0o700 }))
    },

    /** Creates the empty file of a stint, and the one of its marks, which begins with the show. */
    async create(stintId: string, showId: string): Promise<void> {
      const { audio, marks } = pathsOf(stintId)
      await writeFile(audio, '', { mode: 0o600, flag: 'wx' })
      await writeFile(marks, showLine(showId), { mode: 0o600, flag: 'wx' })
      sizes.set(stintId, underWayBytes)
    },

    /** Takes over the stints of processes that have ended. Returns their ids. */
    async takeLeftovers(): Promise<string[]> {
      const taken: string[] = []
      for (const entry of await readdir(root, { withFileTypes: true })) {
        if (!entry.isDirectory() || join(root, entry.name) === own) continue
        if (await isAbandoned(entry.name)) taken.push(...(await takeOver(entry.name)))
      }
      return taken
    },

    /** Measures a stint, and cuts it at its last whole page. Returns null when there is none. */
    async settle(stintId: string): Promise<SpooledStint | null> {
      const { audio, marks } = pathsOf(stintId)
      const file = await open(audio, 'r+').catch(nullIfMissing)
      sizes.delete(stintId)
      if (!file) return null
      try {
        const pages = await measureFile(file)
        await file.truncate(pages.sizeBytes)
        sizes.set(stintId, pages.sizeBytes)
        return { ...pages, marks: parseMarks((await readFile(marks, 'utf8').catch(nullIfMissing)) ?? '') }
      } finally {
        await file.close()
      }
    },

    /** Returns the show of a stint; null where it is not known. */
    async findShowId(stintId: string): Promise<string | null> {
      return parseShowId((await readFile(pathsOf(stintId).marks, 'utf8').catch(nullIfMissing)) ?? '')
    },

    async remove(stintId: string): Promise<void> {
      const { audio, marks } = pathsOf(stintId)
      await rm(audio, { force: true })
      await rm(marks, { force: true })
      sizes.delete(stintId)
    },

    /** Removes the folder. If it still has stints, another process may take it over at once. */
    async close(): Promise<void> {
      await rmdir(own).catch(async () => await utimes(own, 0, 0).catch(() => {}))
    }
  }
}

/** Returns the name of a new folder of this process. */
function nameOfFolder(): string {
  return processMark + randomBytes(8).toString('hex')
}

function nullIfMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}
