import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Pictures } from '../../external/pictures.ts'
import type { ObjectStorage } from '../../external/storage/object-storage.ts'
import { displayText } from './transcode/display-text.ts'
import { TranscodeError } from './transcode/transcode-error.ts'
import { transcode, type TranscodedSong, type TranscodeRequest } from './transcode/transcode.ts'
import { artworkKey, audioKey, originalKey, type SongDocument } from './document.ts'
import type { TranscodedFields } from './queue.ts'
import type { SongQuota } from './song-quota.ts'
import type { WorkFolders } from './work-folders.ts'

export interface TranscodeJobParts {
  storage: ObjectStorage
  pictures: Pictures
  quota: SongQuota
  folders: WorkFolders
  keepOriginals: boolean
  options: Pick<TranscodeRequest, 'frameMs' | 'timeLimitMs' | 'maxDurationMs' | 'parseTags' | 'networkIsolation'>
}

const artworkPx = 512
const uploadFileName = 'upload'

/** Transcodes stored uploads: from the storage through a local folder, back into the storage. */
export function createTranscodeJob({ storage, pictures, quota, folders, keepOriginals, options }: TranscodeJobParts) {
  async function fetchOriginal(songId: string, folder: string, signal: AbortSignal): Promise<number> {
    const original = await storage.get(originalKey(songId))
    if (!original) throw new TranscodeError('interrupted', 'the original is missing from the storage')
    await pipeline(original.stream, createWriteStream(join(folder, uploadFileName)), { signal })
    return original.object.sizeBytes
  }

  /** Ignores a picture that can't be decoded. */
  async function storeArtwork({ _id, artworkName }: SongDocument, picture: Buffer | null): Promise<boolean> {
    const artwork = picture && (await pictures.square(picture, artworkPx).catch(() => null))
    if (!artwork) return false
    await storage.put(artworkKey(_id, artworkName), [artwork])
    return true
  }

  async function store(
    song: SongDocument,
    transcoded: TranscodedSong,
    originalBytes: number
  ): Promise<TranscodedFields> {
    const sizeBytes = transcoded.sizeBytes + (keepOriginals ? originalBytes : 0)
    // An import may exceed the quota, and has done so when its original was stored.
    if (!(await quota.resize(song.ownerId, song._id, sizeBytes, song.importKey !== undefined))) {
      throw new TranscodeError('quota', "the song exceeds its owner's quota")
    }
    await storage.put(audioKey(song._id), createReadStream(transcoded.path))
    const title = displayText(transcoded.title) ?? song.title
    const artist = displayText(transcoded.artist) ?? song.artist
    const album = displayText(transcoded.album) ?? song.album
    return {
      title,
      artist,
      album,
      durationMs: transcoded.durationMs,
      peaks: transcoded.peaks,
      sizeBytes,
      audioBytes: transcoded.sizeBytes,
      hasArtwork: await storeArtwork(song, transcoded.picture)
    }
  }

  /**
   * Transcodes one song. A repeated run gives the same result. Throws TranscodeError, ProgramNotInstalledError, the
   * signal's reason, and the errors of the storage.
   */
  return async function run(
    song: SongDocument,
    { signal, onProgress }: Pick<TranscodeRequest, 'signal' | 'onProgress'>
  ): Promise<TranscodedFields> {
    return await folders.withFolder(async folder => {
      const originalBytes = await fetchOriginal(song._id, folder, signal)
      const transcoded = await transcode({ ...options, folder, fileName: uploadFileName, signal, onProgress })
      signal.throwIfAborted()
      return await store(song, transcoded, originalBytes)
    })
  }
}
