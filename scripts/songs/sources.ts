import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import type { ObjectStorage } from '../../plugins/external/storage/object-storage.ts'

/** A file that may be a song; `path` is where it lies below what is imported, with slashes. */
export interface Found {
  path: string
  sizeBytes: number
  open(): Promise<AsyncIterable<Uint8Array>>
}

const storageScheme = 'storage:'

/** Everything below a folder, or below a prefix of the storage (`storage:import/`), in the order of its names. Throws when there is no such folder. */
export async function findFiles(from: string, storage: ObjectStorage): Promise<Found[]> {
  const found = from.startsWith(storageScheme)
    ? await inStorage(from.slice(storageScheme.length), storage)
    : await inFolder(resolve(from))
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

async function inFolder(folder: string): Promise<Found[]> {
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

async function inStorage(given: string, storage: ObjectStorage): Promise<Found[]> {
  const prefix = given === '' || given.endsWith('/') ? given : `${given}/`
  const found: Found[] = []
  for await (const { key, sizeBytes } of storage.list(prefix)) {
    found.push({
      path: key.slice(prefix.length),
      sizeBytes,
      async open() {
        const object = await storage.get(key)
        if (!object) throw new Error(`${key} is gone`)
        return object.stream
      }
    })
  }
  return found
}

/** What folders say of a file in them: artist/album/song.ext. */
export function placeOf(path: string): { fileName: string; artist: string | null; album: string | null } {
  const [fileName = path, album = null, artist = null] = path.split('/').toReversed()
  return artist === null ? { fileName, artist: album, album: null } : { fileName, artist, album }
}
