import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import type { ObjectStorage } from '../../plugins/external/storage/object-storage.ts'

/** A file that may be a song. The path is relative to the imported folder or prefix, with slashes. */
export interface SongFile {
  path: string
  sizeBytes: number
  open(): Promise<AsyncIterable<Uint8Array>>
}

const storageScheme = 'storage:'

/**
 * Returns all files below a folder, or below a prefix of the storage (`storage:import/`), sorted by path. Throws when
 * the folder is missing.
 */
export async function findSongFiles(from: string, storage: ObjectStorage): Promise<SongFile[]> {
  const found = from.startsWith(storageScheme)
    ? await findInStorage(from.slice(storageScheme.length), storage)
    : await findInFolder(resolve(from))
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

async function findInFolder(folder: string): Promise<SongFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return await Promise.all(
    entries
      .filter(entry => entry.isFile())
      .map(async ({ parentPath, name }) => {
        const path = join(parentPath, name)
        return {
          path: relative(folder, path).replaceAll(sep, '/'),
          sizeBytes: (await stat(path)).size,
          open: async () => createReadStream(path)
        }
      })
  )
}

async function findInStorage(givenPrefix: string, storage: ObjectStorage): Promise<SongFile[]> {
  const prefix = givenPrefix === '' || givenPrefix.endsWith('/') ? givenPrefix : `${givenPrefix}/`
  const found: SongFile[] = []
  for await (const { key, sizeBytes } of storage.list(prefix)) {
    found.push({
      path: key.slice(prefix.length),
      sizeBytes,
      async open() {
        const object = await storage.get(key)
        if (!object) throw new Error(`object ${key} is no longer in the storage`)
        return object.stream
      }
    })
  }
  return found
}

/** Derives the artist and the album of a file from its folders: artist/album/song.ext. */
export function tagsFromPath(path: string): { fileName: string; artist: string | null; album: string | null } {
  const [fileName = path, album = null, artist = null] = path.split('/').toReversed()
  return artist === null ? { fileName, artist: album, album: null } : { fileName, artist, album }
}
