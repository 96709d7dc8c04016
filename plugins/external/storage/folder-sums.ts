import { createHash } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { mkdir, open, opendir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { asChecksum, isKey } from './object-storage.ts'

/** A file as it was when it was summed up; another one in its place is told from it by these. Clocks of file systems stand still for milliseconds. */
export type Mark = Pick<BigIntStats, 'ino' | 'size' | 'mtimeNs'>

/** Where checksums lie. No key begins with a dot, so it is nobody's. */
const sumsFolder = '.sums'

/**
 * Keeps the SHA-256 of files beside them, each in a small file of its own as `sha256sum` writes it, so that `sha256sum -c` reads it.
 * A sum belongs to one file under one key: what somebody else puts in its place, a copy too, has none, and is not taken for damaged.
 */
export async function openFolderSums(root: string) {
  const folder = join(root, sumsFolder)
  await mkdir(folder, { recursive: true, mode: 0o700 })

  const nameOf = (key: string, { ino, size, mtimeNs }: Mark): string =>
    `${createHash('sha256').update(key).digest('hex').slice(0, 32)}-${ino}-${size}-${mtimeNs}`

  async function readLine(name: string): Promise<{ sha256: string | undefined; key: string }> {
    const line = await readFile(join(folder, name), 'latin1').catch(() => '')
    const [sha256, key = ''] = line.trimEnd().split('  ')
    return { sha256: asChecksum(sha256), key }
  }

  return {
    /** To be called before the file is in its place, so that it is never there without its sum. */
    async keep(key: string, mark: Mark, sha256: string): Promise<void> {
      const file = await open(join(folder, nameOf(key, mark)), 'w', 0o600)
      try {
        await file.writeFile(`${sha256}  ${key}\n`)
        await file.sync()
      } finally {
        await file.close()
      }
    },

    of: async (key: string, mark: Mark): Promise<string | undefined> => (await readLine(nameOf(key, mark))).sha256,

    /** To be called when a file is gone, unless the one that took its place is not to be told from it. */
    async forget(key: string, gone: Mark, now: Mark | null): Promise<void> {
      if (now && nameOf(key, now) === nameOf(key, gone)) return
      await rm(join(folder, nameOf(key, gone)), { force: true })
    },

    /** Removes sums that were kept before a time and belong to no file any more. */
    async tidy(markOf: (key: string) => Promise<Mark | null>, beforeMs: number): Promise<void> {
      for await (const { name } of await opendir(folder)) {
        const kept = await stat(join(folder, name)).catch(() => null)
        if (!kept || kept.mtimeMs >= beforeMs) continue
        const { key } = await readLine(name)
        const mark = isKey(key) ? await markOf(key) : null
        if (!mark || nameOf(key, mark) !== name) await rm(join(folder, name), { force: true })
      }
    }
  }
}
