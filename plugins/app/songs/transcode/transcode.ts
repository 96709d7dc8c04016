import { createReadStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { SongFault } from './faults.ts'
import { encode, measure } from './ffmpeg.ts'
import { formatOfFile } from './formats.ts'
import { lengthOf } from './ogg-length.ts'
import type { Prefix } from './own-network.ts'
import { readTags, type Tags } from './tags.ts'

/** An upload, as the only file in a folder of its own, and how it is to be made into a song. */
export interface Upload {
  folder: string
  fileName: string
  frameMs: number
  timeLimitMs: number
  longestMs: number
  signal: AbortSignal
  /** What keeps its processes from the network, as `findOwnNetwork` says; null: nothing does. */
  ownNetwork?: Prefix | null
  readTags(printed: unknown): Tags
  /** From 0 to 1. */
  onProgress(progress: number): void
}

/** A song that was made: its file lies in the upload's folder. */
export interface MadeSong {
  path: string
  sizeBytes: number
  durationMs: number
  peaks: number[]
  title: string | null
  artist: string | null
  album: string | null
  /** As it was in the file: nothing to show anybody yet. */
  picture: Buffer | null
}

const target = 'song.opus.ogg'
/** What is measured takes about as long as what is made. */
const half = 0.5

/** Makes a song of an upload. Throws SongFault when it is none, ProgramMissing, and the signal's reason. */
export async function processSong(upload: Upload): Promise<MadeSong> {
  const { folder, timeLimitMs, longestMs, signal, frameMs, onProgress, ownNetwork = null } = upload
  const format = await formatOfFile(join(folder, upload.fileName))
  if (!format) throw new SongFault('notAudio', 'its first bytes are of no format that is read')
  // Whatever it was called, nothing is ever told by its name but what it was found to be.
  const fileName = `upload.${format.extension}`
  await rename(join(folder, upload.fileName), join(folder, fileName))
  const source = { folder, fileName, format, timeLimitMs, longestMs, signal, ownNetwork }
  const tags = await readTags(folder, fileName, upload.readTags, signal, ownNetwork)
  const {
    durationMs: wholeMs,
    loudness,
    peaks
  } = await measure(source, ms => {
    if (tags?.durationMs) onProgress(half * Math.min(1, ms / tags.durationMs))
  })
  await encode(source, loudness, { frameMs, target }, ms => onProgress(half + half * Math.min(1, ms / wholeMs)))
  const { durationMs, sizeBytes } = await lengthOf(join(folder, target), frameMs)
  if (durationMs <= 0) throw new SongFault('notAudio', 'nothing was encoded')
  return {
    path: join(folder, target),
    sizeBytes,
    durationMs,
    peaks: peaks.picture(),
    title: tags?.title ?? null,
    artist: tags?.artist ?? null,
    album: tags?.album ?? null,
    picture: tags?.picture ? Buffer.from(tags.picture, 'base64') : null
  }
}

/** The bytes of a made song. */
export const bytesOf = (song: MadeSong) => createReadStream(song.path)
