import { CodedError } from '../../contract/errors.ts'
import type { Songs } from '../../plugins/app/songs/songs.ts'
import { reasonOf, tagsFromPath, type SongFile, type UnreadableFile } from './song-files.ts'

/** Numbers of files by result, and the files that could not be read. */
export interface ImportResult {
  imported: number
  skipped: number
  notAudio: number
  unreadable: UnreadableFile[]
}

export interface ImportOptions {
  songs: Pick<Songs, 'add' | 'isImported'>
  ownerId: string
  files: readonly SongFile[]
  /** Called after each file with the number of files done. */
  onFile(done: number): void
  /** Called with the song that a file becomes. */
  onSong(songId: string, path: string): void
  isStopped(): boolean
}

/**
 * Imports files one after the other. Skips files that were imported before, which it recognizes by owner and path,
 * files that are not audio, and files that cannot be read. May be stopped and called again. Throws errors of the
 * storage.
 */
export async function importFiles(options: ImportOptions): Promise<ImportResult> {
  const result: ImportResult = { imported: 0, skipped: 0, notAudio: 0, unreadable: [] }
  for (const [index, file] of options.files.entries()) {
    if (options.isStopped()) return result
    const outcome = await importFile(options, file)
    if (typeof outcome === 'string') result[outcome]++
    else result.unreadable.push(outcome)
    options.onFile(index + 1)
  }
  return result
}

async function importFile(
  { songs, ownerId, onSong }: ImportOptions,
  { path, sizeBytes, open }: SongFile
): Promise<'imported' | 'skipped' | 'notAudio' | UnreadableFile> {
  const importKey = `${ownerId}:${path}`
  if (await songs.isImported(importKey)) return 'skipped'
  const upload = { ownerId, ...tagsFromPath(path), maxBytes: sizeBytes, importKey, mayExceedQuota: true }
  const source = trackSource(open)
  try {
    const { id } = await songs.add(upload, source.bytes())
    onSong(id, path)
    return 'imported'
  } catch (error) {
    if (source.error !== null) return { path, reason: reasonOf(source.error) }
    if (!(error instanceof CodedError)) throw error
    if (error.code === 'CONFLICT') return 'skipped'
    if (error.code === 'UNSUPPORTED_MEDIA') return 'notAudio'
    throw error
  }
}

/** Remembers the error of a source: what the storage throws may be an error of its own. */
function trackSource(open: SongFile['open']) {
  const source = {
    error: null as unknown,
    async *bytes(): AsyncGenerator<Uint8Array> {
      try {
        yield* await open()
      } catch (error) {
        source.error = error
        throw error
      }
    }
  }
  return source
}
