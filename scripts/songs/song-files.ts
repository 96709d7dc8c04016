import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import type { ObjectStorage } from '../../plugins/external/storage/object-storage.ts'

/** A file that may be a song. The path is relative to the imported folder or prefix, with slashes. */
export interface SongFile {
  path: string
  sizeBytes: number
  open(): Promise<AsyncIterable<Uint8Array>>
}

const storageScheme = 'storage:'

/** Files and folders that can be imported, and those that cannot be read. */
export interface FoundFiles {
  files: SongFile[]
  unreadable: UnreadableFile[]
}

/** A file or folder that was skipped, by its path and the reason. */
export interface UnreadableFile {
  path: string
  reason: string
}

/**
 * Returns all files below a folder, or below a prefix of the storage (`storage:import/`), sorted by path. Skips what it
 * cannot read. Throws when the folder itself cannot be read.
 */
export async function findSongFiles(from: string, storage: ObjectStorage): Promise<FoundFiles> {
  const found: FoundFiles = { files: [], unreadable: [] }
  if (from.startsWith(storageScheme)) await findInStorage(from.slice(storageScheme.length), storage, found)
  else await findInFolder(Buffer.from(resolve(from)), '', found)
  found.files.sort((a, b) => (a.path < b.path ? -1 : 1))
  return found
}

/** Reads names as bytes: a name that is not UTF-8 has no other form that opens the file. */
async function findInFolder(folder: Buffer, prefix: string, found: FoundFiles): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, encoding: 'buffer' })) {
    const name = entry.name.toString('utf8')
    const path = prefix + name
    if (!isUtf8(entry.name)) {
      found.unreadable.push({ path, reason: 'the name is not UTF-8' })
      continue
    }
    const place = Buffer.concat([folder, Buffer.from(sep), entry.name])
    try {
      if (entry.isDirectory()) await findInFolder(place, `${path}/`, found)
      else if (entry.isFile()) {
        const { size } = await stat(place)
        found.files.push({ path, sizeBytes: size, open: async () => createReadStream(place) })
      }
    } catch (error) {
      found.unreadable.push({ path, reason: reasonOf(error) })
    }
  }
}

/** Returns why a file cannot be read, in one line. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

async function findInStorage(givenPrefix: string, storage: ObjectStorage, { files }: FoundFiles): Promise<void> {
  const prefix = givenPrefix === '' || givenPrefix.endsWith('/') ? givenPrefix : `${givenPrefix}/`
  for await (const { key, sizeBytes } of storage.list(prefix)) {
    files.push({
      path: key.slice(prefix.length),
      sizeBytes,
      async open() {
        const object = await storage.get(key)
        if (!object) throw new Error(`object ${key} is no longer in the storage`)
        return object.stream
      }
    })
  }
}

/** Derives the artist and the album of a file from its folders: artist/album/song.ext. */
export function tagsFromPath(path: string): { fileName: string; artist: string | null; album: string | null } {
  const [fileName = path, album = null, artist = null] = path.split('/').toReversed()
  return artist === null ? { fileName, artist: album, album: null } : { fileName, artist, album }
}
