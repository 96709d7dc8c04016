import { CodedError } from '../../contract/errors.ts'
import type { Songs } from '../../plugins/app/songs/songs.ts'
import { placeOf, type Found } from './sources.ts'

/** How many files became what. */
export interface Imported {
  taken: number
  already: number
  other: number
}

export interface Import {
  songs: Pick<Songs, 'add' | 'isImported'>
  ownerId: string
  files: readonly Found[]
  /** Told after each file. */
  onFile(done: number): void
  isStopped(): boolean
}

/**
 * Takes in files that were not taken in before, one after the other; what is no audio is passed over. To be stopped and called again:
 * a file is known by its owner and its path. Throws what the storage throws.
 */
export async function importFiles({ songs, ownerId, files, onFile, isStopped }: Import): Promise<Imported> {
  const count: Imported = { taken: 0, already: 0, other: 0 }
  for (const [index, file] of files.entries()) {
    if (isStopped()) return count
    count[await importFile(songs, ownerId, file)]++
    onFile(index + 1)
  }
  return count
}

async function importFile(
  songs: Import['songs'],
  ownerId: string,
  { path, sizeBytes, open }: Found
): Promise<keyof Imported> {
  const importKey = `${ownerId}:${path}`
  if (await songs.isImported(importKey)) return 'already'
  try {
    await songs.add({ ownerId, ...placeOf(path), maxBytes: sizeBytes, importKey, mayExceedQuota: true }, await open())
    return 'taken'
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    if (error.code === 'CONFLICT') return 'already'
    if (error.code === 'UNSUPPORTED_MEDIA') return 'other'
    throw error
  }
}
