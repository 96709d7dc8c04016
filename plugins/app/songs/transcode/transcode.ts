import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { splitUpload } from './audio-parts.ts'
import { mayBeUnheard, type AudioSource } from './decoding.ts'
import { encode, measure, measureResult } from './encoding.ts'
import { formatOfFile, moduleDemuxer } from './formats.ts'
import { readHeaderTags } from './header-tags.ts'
import { firstCorrection, loudnessFault, nextCorrection, type Loudness } from './loudness.ts'
import type { CommandPrefix } from './network-isolation.ts'
import { readOpusLength } from './opus-length.ts'
import { readTags, type Tags, type TagsWithPicture } from './tags.ts'
import { notAudio } from './transcode-error.ts'

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
/** A song whose peaks grew in encoding is encoded again with a lower ceiling. */
const maxAttempts = 4
/** Maximum difference between the durations of a song and its source. */
const maxDeviationMs = 100

/** Transcodes an upload into a song. Throws TranscodeError, ProgramNotInstalledError, and the signal's reason. */
export async function transcode(request: TranscodeRequest): Promise<TranscodedSong> {
  const { folder, timeLimitMs, maxDurationMs, signal, frameMs, onProgress, networkIsolation = null } = request
  const format = await formatOfFile(join(folder, request.fileName))
  if (!format) throw notAudio('unknownFormat', 'the first bytes match no accepted format')
  // The extension comes from the detected format, because ffmpeg and others also judge files by their names.
  const fileName = `upload.${format.extension}`
  await rename(join(folder, request.fileName), join(folder, fileName))
  const limits = { folder, timeLimitMs, maxDurationMs, signal, networkIsolation }
  // Only libopenmpt knows the texts of modules, and the code pages they are in.
  const isModule = format.demuxer === moduleDemuxer
  const tagsOf = async (name: string): Promise<TagsWithPicture | null> =>
    (isModule ? null : await readTags(folder, name, request.parseTags, signal, networkIsolation)) ??
    (await readHeaderTags(limits, name, format))
  const parts = await splitUpload(folder, fileName, format, signal)
  // A radio tool may begin and end a recording with a moment of another title.
  const [firstHeard = parts[0], ...laterHeard] = parts.filter(part => !mayBeUnheard(part))
  const firstTags = await tagsOf(firstHeard?.fileName ?? fileName)
  const lastHeard = laterHeard.at(-1)
  const tags = firstTags && lastHeard ? commonTags(firstTags, await tagsOf(lastHeard.fileName)) : firstTags
  const source: AudioSource = { ...limits, format, parts }
  const expectedMs = parts.reduce((sum, { heldMs }) => sum + (heldMs ?? 0), 0) || tags?.durationMs
  const { durationMs: sourceMs, loudness } = await measure(source, decodedMs => {
    if (expectedMs) onProgress(half * Math.min(1, decodedMs / expectedMs))
  })
  const peaks = await encodeAndCheck(source, loudness, sourceMs, frameMs, encodedMs =>
    onProgress(half + half * Math.min(1, encodedMs / sourceMs))
  )
  const { durationMs, sizeBytes } = await readOpusLength(join(folder, targetFileName), frameMs)
  return {
    path: join(folder, targetFileName),
    sizeBytes,
    durationMs,
    peaks,
    title: tags?.title ?? null,
    artist: tags?.artist ?? null,
    album: tags?.album ?? null,
    picture: tags?.picture ?? null
  }
}

/**
 * Returns what the first and the last link of a chained file have in common: a recorded hour of radio has the tags of
 * a song in each link.
 */
function commonTags(first: TagsWithPicture, last: TagsWithPicture | null): TagsWithPicture {
  const common = (name: 'title' | 'artist' | 'album') => (first[name] === last?.[name] ? first[name] : null)
  return {
    ...first,
    title: common('title'),
    artist: common('artist'),
    album: common('album'),
    picture: first.title === last?.title ? first.picture : null
  }
}

/** Encodes a song until people hear what was measured. Returns its peaks. */
async function encodeAndCheck(
  source: AudioSource,
  measured: Loudness,
  sourceMs: number,
  frameMs: number,
  onProgress: (encodedMs: number) => void
): Promise<number[]> {
  let correction = firstCorrection(measured)
  for (let attempt = 1; ; attempt++) {
    await encode(source, { measured, correction, frameMs, target: targetFileName }, onProgress)
    const { loudness, peaks } = await measureResult(source, targetFileName)
    const deviationMs = peaks.durationMs() - sourceMs
    if (Math.abs(deviationMs) > maxDeviationMs) {
      throw notAudio('loudness', `the song is ${Math.round(deviationMs)} ms longer than its source`)
    }
    const fault = loudnessFault(loudness)
    if (fault === null) return peaks.peaks()
    if (attempt === maxAttempts) throw notAudio('loudness', `after ${attempt} attempts ${fault}`)
    correction = nextCorrection(correction, loudness)
  }
}
