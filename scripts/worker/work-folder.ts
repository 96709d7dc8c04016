import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

const prefix = 'work-'
const abandonedAfterMs = 24 * 3600_000

/**
 * Calls `use` with a new folder inside the cache and removes the folder afterwards, so that several setups can run at
 * the same time. Also removes folders that killed setups left more than a day ago.
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
    const ageMs = Date.now() - (await stat(folder)).mtimeMs
    if (ageMs > abandonedAfterMs) await rm(folder, { recursive: true, force: true })
  }
}
