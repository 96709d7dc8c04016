import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Pictures } from '../../external/pictures.ts'
import type { ObjectStorage } from '../../external/storage/object-storage.ts'
import { wordsOf } from '../shows/words.ts'
import { SongFault } from './transcode/faults.ts'
import { processSong, type MadeSong, type Upload } from './transcode/transcode.ts'
import { shownText } from './transcode/texts.ts'
import { artworkKey, audioKey, originalKey, type SongDocument } from './document.ts'
import type { Made } from './queue.ts'
import type { Shelves } from './song-quota.ts'
import type { openWorkFolders } from './work-folders.ts'

export interface MakerParts {
  storage: ObjectStorage
  pictures: Pictures
  shelves: Shelves
  folders: Awaited<ReturnType<typeof openWorkFolders>>
  keepOriginals: boolean
  settings: Pick<Upload, 'frameMs' | 'timeLimitMs' | 'longestMs' | 'readTags' | 'ownNetwork'>
}

const artworkPx = 512
const upload = 'upload'

/** Makes songs of what was taken in: from the storage through a folder on this machine, back into the storage. */
export function createMaker({ storage, pictures, shelves, folders, keepOriginals, settings }: MakerParts) {
  async function fetchOriginal(songId: string, folder: string, signal: AbortSignal): Promise<number> {
    const original = await storage.get(originalKey(songId))
    if (!original) throw new SongFault('interrupted', 'its original is gone')
    await pipeline(original.stream, createWriteStream(join(folder, upload)), { signal })
    return original.object.sizeBytes
  }

  /** A picture that can't be shown is none. */
  async function storeArtwork({ _id, artworkName }: SongDocument, picture: Buffer | null): Promise<boolean> {
    const artwork = picture && (await pictures.square(picture, artworkPx).catch(() => null))
    if (!artwork) return false
    await storage.put(artworkKey(_id, artworkName), [artwork])
    return true
  }

  async function store(song: SongDocument, made: MadeSong, originalBytes: number): Promise<Made> {
    const sizeBytes = made.sizeBytes + (keepOriginals ? originalBytes : 0)
    // What an import may exceed it has exceeded already.
    if (!(await shelves.resize(song.ownerId, song._id, sizeBytes, song.importKey !== undefined))) {
      throw new SongFault('quota', 'no room for the song itself')
    }
    await storage.put(audioKey(song._id), createReadStream(made.path))
    const title = shownText(made.title) ?? song.title
    const artist = shownText(made.artist) ?? song.artist
    const album = shownText(made.album) ?? song.album
    return {
      title,
      artist,
      album,
      words: wordsOf(title, artist ?? '', album ?? ''),
      durationMs: made.durationMs,
      peaks: made.peaks,
      sizeBytes,
      audioBytes: made.sizeBytes,
      hasArtwork: await storeArtwork(song, made.picture)
    }
  }

  /** Doing it again gives the same. Throws SongFault, ProgramMissing, the signal's reason, and what the storage throws. */
  return async function make(
    song: SongDocument,
    { signal, onProgress }: Pick<Upload, 'signal' | 'onProgress'>
  ): Promise<Made> {
    return await folders.lend(async folder => {
      const originalBytes = await fetchOriginal(song._id, folder, signal)
      const made = await processSong({ ...settings, folder, fileName: upload, signal, onProgress })
      signal.throwIfAborted()
      return await store(song, made, originalBytes)
    })
  }
}
