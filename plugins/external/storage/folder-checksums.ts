import { createHash } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { mkdir, open, opendir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { asChecksum, isKey } from './object-storage.ts'

/**
 * Identity of a file version. A file that replaces another one differs in at least one of these. The time alone is not
 * enough: file system clocks stand still for milliseconds.
 */
export type FileVersion = Pick<BigIntStats, 'ino' | 'size' | 'mtimeNs'>

/** Folder of the checksums. No key begins with a dot, so no object uses the name. */
const checksumFolder = '.sums'

/**
 * Opens the checksums of a storage folder. Each SHA-256 is a small file in the format of `sha256sum`, so that
 * `sha256sum -c` reads it. A checksum belongs to one version of a file under one key: a file that another program puts
 * in its place, or a copy, has no checksum and does not count as damaged.
 */
export async function openFolderChecksums(root: string) {
  const folder = join(root, checksumFolder)
  await mkdir(folder, { recursive: true, mode: 0o700 })

  const nameOf = (key: string, { ino, size, mtimeNs }: FileVersion): string =>
    `${createHash('sha256').update(key).digest('hex').slice(0, 32)}-${ino}-${size}-${mtimeNs}`

  async function read(name: string): Promise<{ sha256: string | undefined; key: string }> {
    const line = await readFile(join(folder, name), 'latin1').catch(() => '')
    const [sha256, key = ''] = line.trimEnd().split('  ')
    return { sha256: asChecksum(sha256), key }
  }

  return {
    /** Stores a checksum. Call it before the file moves to its place, so that the file is never there without it. */
    async write(key: string, version: FileVersion, sha256: string): Promise<void> {
      const file = await open(join(folder, nameOf(key, version)), 'w', 0o600)
      try {
        await file.writeFile(`${sha256}  ${key}\n`)
        await file.sync()
      } finally {
        await file.close()
      }
    },

    find: async (key: string, version: FileVersion): Promise<string | undefined> =>
      (await read(nameOf(key, version))).sha256,

    /** Removes the checksum of a file that is gone, unless the file in its place has the same version. */
    async remove(key: string, version: FileVersion, current: FileVersion | null): Promise<void> {
      if (current && nameOf(key, current) === nameOf(key, version)) return
      await rm(join(folder, nameOf(key, version)), { force: true })
    },

    /** Removes checksums that were written before a time and whose file version no longer exists. */
    async removeLeftovers(findVersion: (key: string) => Promise<FileVersion | null>, beforeMs: number): Promise<void> {
      for await (const { name } of await opendir(folder)) {
        const stats = await stat(join(folder, name)).catch(() => null)
        if (!stats || stats.mtimeMs >= beforeMs) continue
        const { key } = await read(name)
        const version = isKey(key) ? await findVersion(key) : null
        if (!version || nameOf(key, version) !== name) await rm(join(folder, name), { force: true })
      }
    }
  }
}
