import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

const prefix = 'work-'
const abandonedAfterMs = 24 * 3600_000

/**
 * Runs `use` with a new folder of its own inside the cache and removes the folder afterwards, so that setups which run at
 * the same time never meet. Folders that a killed setup left behind a day ago are removed on the way.
 */
export async function withWorkFolder<T>(cache: string, use: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(cache, { recursive: true })
  await removeAbandoned(cache)
  const folder = await mkdtemp(join(cache, prefix))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function removeAbandoned(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (!name.startsWith(prefix)) continue
    const folder = join(cache, name)
    const age = Date.now() - (await stat(folder)).mtimeMs
    if (age > abandonedAfterMs) await rm(folder, { recursive: true, force: true })
  }
}
