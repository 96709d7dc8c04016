import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isLeftover, processMark } from '../../external/storage/process-mark.ts'

/** What was not touched for so long is nobody's, also where it can't be told whose it was. */
const abandonedMs = 24 * 3_600_000

/** Opens the place where uploads are worked on, and removes what servers left there that have died. */
export async function openWorkFolders(root: string) {
  await mkdir(root, { recursive: true, mode: 0o700 })
  for (const name of await readdir(root)) {
    if (isLeftover(name) || (await isOld(join(root, name)))) {
      await rm(join(root, name), { recursive: true, force: true })
    }
  }

  return {
    /** Lends a folder of one's own, which is gone afterwards. */
    async lend<T>(use: (folder: string) => Promise<T>): Promise<T> {
      const folder = await mkdtemp(join(root, processMark))
      try {
        return await use(folder)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    }
  }
}

async function isOld(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => null)
  return stats !== null && stats.mtimeMs < Date.now() - abandonedMs
}
