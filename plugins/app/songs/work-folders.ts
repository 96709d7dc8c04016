import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isLeftover, processMark } from '../../external/storage/process-mark.ts'

/** A folder that was not changed for this long is abandoned, even if its process is unknown. */
const abandonedAfterMs = 24 * 3_600_000

export type WorkFolders = Awaited<ReturnType<typeof openWorkFolders>>

/** Opens the folder for transcoding, and removes the leftovers of dead servers in it. */
export async function openWorkFolders(root: string) {
  await mkdir(root, { recursive: true, mode: 0o700 })
  for (const name of await readdir(root)) {
    if (isLeftover(name) || (await isOld(join(root, name)))) {
      await rm(join(root, name), { recursive: true, force: true })
    }
  }

  return {
    /** Runs a task with a new folder, which is removed afterwards. */
    async withFolder<T>(task: (folder: string) => Promise<T>): Promise<T> {
      const folder = await mkdtemp(join(root, processMark))
      try {
        return await task(folder)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    }
  }
}

async function isOld(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => null)
  return stats !== null && stats.mtimeMs < Date.now() - abandonedAfterMs
}
