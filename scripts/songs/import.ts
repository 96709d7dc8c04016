import { CodedError } from '../../contract/errors.ts'
import type { Songs } from '../../plugins/app/songs/songs.ts'
import { tagsFromPath, type SongFile } from './song-files.ts'

/** Numbers of files by result. */
export interface ImportResult {
  imported: number
  skipped: number
  notAudio: number
}

export interface ImportOptions {
  songs: Pick<Songs, 'add' | 'isImported'>
  ownerId: string
  files: readonly SongFile[]
  /** Called after each file with the number of files done. */
  onFile(done: number): void
  isStopped(): boolean
}

/**
 * Imports files one after the other. Skips files that were imported before, which it recognizes by owner and path, and
 * files that are not audio. May be stopped and called again. Throws errors of the storage.
 */
export async function importFiles({ songs, ownerId, files, onFile, isStopped }: ImportOptions): Promise<ImportResult> {
  const result: ImportResult = { imported: 0, skipped: 0, notAudio: 0 }
  for (const [index, file] of files.entries()) {
    if (isStopped()) return result
    result[await importFile(songs, ownerId, file)]++
    onFile(index + 1)
  }
  return result
}

async function importFile(
  songs: ImportOptions['songs'],
  ownerId: string,
  { path, sizeBytes, open }: SongFile
): Promise<keyof ImportResult> {
  const importKey = `${ownerId}:${path}`
  if (await songs.isImported(importKey)) return 'skipped'
  const upload = { ownerId, ...tagsFromPath(path), maxBytes: sizeBytes, importKey, mayExceedQuota: true }
  try {
    await songs.add(upload, await open())
    return 'imported'
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    if (error.code === 'CONFLICT') return 'skipped'
    if (error.code === 'UNSUPPORTED_MEDIA') return 'notAudio'
    throw error
  }
}
