import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { encode, measure } from './ffmpeg.ts'
import { formatOfFile } from './formats.ts'
import type { CommandPrefix } from './network-isolation.ts'
import { readOpusLength } from './opus-length.ts'
import { readTags, type Tags } from './tags.ts'
import { TranscodeError } from './transcode-error.ts'

/** An upload, the only file in a folder of its own, and how to transcode it. */
export interface TranscodeRequest {
  folder: string
  fileName: string
  frameMs: number
  timeLimitMs: number
  maxDurationMs: number
  signal: AbortSignal
  /** Command prefix that keeps the processes off the network, from `findNetworkIsolation`; null runs them without. */
  networkIsolation?: CommandPrefix | null
  /** Validates the JSON that `read-tags.ts` printed; throws when it does not match the schema. */
  parseTags(printed: unknown): Tags
  /** Called with values from 0 to 1. */
  onProgress(progress: number): void
}

/** A transcoded song. Its file lies in the folder of the upload. */
export interface TranscodedSong {
  path: string
  sizeBytes: number
  durationMs: number
  peaks: number[]
  title: string | null
  artist: string | null
  album: string | null
  /** The picture as it was in the file: re-encode it before anybody sees it. */
  picture: Buffer | null
}

const targetFileName = 'song.opus.ogg'
/** Measuring takes about as long as encoding. */
const half = 0.5

/** Transcodes an upload into a song. Throws TranscodeError, ProgramNotInstalledError, and the signal's reason. */
export async function transcode(request: TranscodeRequest): Promise<TranscodedSong> {
  const { folder, timeLimitMs, maxDurationMs, signal, frameMs, onProgress, networkIsolation = null } = request
  const format = await formatOfFile(join(folder, request.fileName))
  if (!format) throw new TranscodeError('notAudio', 'the first bytes match no accepted format')
  // The extension comes from the detected format, because ffmpeg and others also judge files by their names.
  const fileName = `upload.${format.extension}`
  await rename(join(folder, request.fileName), join(folder, fileName))
  const source = { folder, fileName, format, timeLimitMs, maxDurationMs, signal, networkIsolation }
  const tags = await readTags(folder, fileName, request.parseTags, signal, networkIsolation)
  const {
    durationMs: sourceMs,
    loudness,
    peaks
  } = await measure(source, decodedMs => {
    if (tags?.durationMs) onProgress(half * Math.min(1, decodedMs / tags.durationMs))
  })
  await encode(source, loudness, { frameMs, target: targetFileName }, encodedMs =>
    onProgress(half + half * Math.min(1, encodedMs / sourceMs))
  )
  const { durationMs, sizeBytes } = await readOpusLength(join(folder, targetFileName), frameMs)
  if (durationMs <= 0) throw new TranscodeError('notAudio', 'nothing was encoded')
  return {
    path: join(folder, targetFileName),
    sizeBytes,
    durationMs,
    peaks: peaks.peaks(),
    title: tags?.title ?? null,
    artist: tags?.artist ?? null,
    album: tags?.album ?? null,
    picture: tags?.picture ? Buffer.from(tags.picture, 'base64') : null
  }
}
