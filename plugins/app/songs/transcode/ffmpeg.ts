import type { Readable } from 'node:stream'
import type { AudioFormat } from './formats.ts'
import { SongFault } from './faults.ts'
import { runLimited, type LimitedOutcome } from './limited-process.ts'
import { correction, parseLoudness, type Loudness } from './loudness.ts'
import type { Prefix } from './own-network.ts'
import { createPeaks, peakRateHz, type Peaks } from './peaks.ts'

/** An upload in a folder of its own, and what making a song of it may take. */
export interface Source {
  folder: string
  fileName: string
  format: AudioFormat
  /** How much of a processor each step may take, ms; four times as long by the clock. */
  timeLimitMs: number
  longestMs: number
  signal: AbortSignal
  /** What keeps its processes from the network; null: nothing does. */
  ownNetwork?: Prefix | null
}

/** What the first step finds out; without a loudness it is all silence. */
export interface Measured {
  durationMs: number
  loudness: Loudness | null
  peaks: Peaks
}

const sampleRateHz = 48_000
const samplesPerMs = sampleRateHz / 1000
const bitsPerSecond = 96_000
const mebibyte = 1024 * 1024
const clockPerProcessor = 4
/** One allocation of ffmpeg's; what files claim of themselves is believed up to here. */
const largestAllocationBytes = 64 * mebibyte
const mostStreams = 32
/** The encoder looks ahead so far: what it gives first lies before the beginning. */
const lookAheadSamples = 312

/** What is decoded; a picture or a film beside the sound is none of these, and no decoder of theirs is ever run. */
const decoders = [
  'mp3float',
  'mp3',
  'mp2float',
  'mp2',
  'mp1float',
  'mp1',
  'aac',
  'aac_fixed',
  'alac',
  'flac',
  'vorbis',
  'opus',
  'libopus',
  'pcm_alaw',
  'pcm_mulaw',
  'pcm_u8',
  'pcm_s8',
  'pcm_s16le',
  'pcm_s16be',
  'pcm_s24le',
  'pcm_s24be',
  'pcm_s32le',
  'pcm_s32be',
  'pcm_f32le',
  'pcm_f32be',
  'pcm_f64le',
  'pcm_f64be',
  'adpcm_ms',
  'adpcm_ima_wav'
].join(',')

/**
 * Decodes an upload once, to learn how loud it is and what it looks like. Throws SongFault, ProgramMissing.
 * @param onDecodedMs told how much was decoded
 */
export async function measure(source: Source, onDecodedMs: (ms: number) => void): Promise<Measured> {
  const peaks = createPeaks()
  const chains = [
    `[0:a:0]aresample=${sampleRateHz},aformat=sample_fmts=fltp:channel_layouts=stereo,asplit[whole][picture]`,
    '[whole]loudnorm=print_format=json[measured]',
    `[picture]aresample=${peakRateHz},aformat=sample_fmts=s16:channel_layouts=mono[peaks]`
  ]
  const outcome = await run(
    source,
    'info',
    [
      '-filter_complex_threads',
      '1',
      '-filter_complex',
      chains.join(';'),
      '-map',
      '[measured]',
      '-f',
      'null',
      '-',
      '-map',
      '[peaks]',
      '-f',
      's16le',
      '-c:a',
      'pcm_s16le',
      'pipe:1'
    ],
    async output => {
      for await (const chunk of output) {
        peaks.add(chunk)
        onDecodedMs(peaks.durationMs())
      }
    }
  )
  const durationMs = peaks.durationMs()
  if (durationMs === 0) throw new SongFault('notAudio', `nothing was decoded: ${lastWords(outcome)}`)
  if (durationMs > source.longestMs) throw new SongFault('tooLong', `it is longer than ${source.longestMs} ms`)
  return { durationMs, loudness: parseLoudness(outcome.errors), peaks }
}

/** How ffmpeg says that a disk is full: in the words of the C library. */
const diskIsFull = /No space left on device|Disk quota exceeded/

/**
 * Makes the song: Ogg Opus, stereo, as loud as all others. Throws SongFault, ProgramMissing, and ENOSPC where the disk is full.
 * @param onDoneMs told how much was encoded
 */
export async function encode(
  source: Source,
  loudness: Loudness | null,
  { frameMs, target }: { frameMs: number; target: string },
  onDoneMs: (ms: number) => void
): Promise<void> {
  const frameSamples = frameMs * samplesPerMs
  const outcome = await run(
    source,
    'error',
    [
      '-map',
      '0:a:0',
      '-vn',
      '-sn',
      '-dn',
      '-map_metadata',
      '-1',
      '-map_chapters',
      '-1',
      '-filter_threads',
      '1',
      '-af',
      [...correction(loudness), `aresample=${sampleRateHz}`, 'aformat=channel_layouts=stereo'].join(','),
      // Nothing of the machine or the day in it, so that doing it again gives the same file.
      '-fflags',
      '+bitexact',
      '-flags:a',
      '+bitexact',
      // Whatever times the upload claims, and wherever it leaps: one packet follows the other.
      '-bsf:a',
      `setts=ts=N*${frameSamples}-${lookAheadSamples}:duration=${frameSamples}`,
      '-c:a',
      'libopus',
      '-application',
      'audio',
      '-vbr',
      'on',
      '-b:a',
      String(bitsPerSecond),
      '-frame_duration',
      String(frameMs),
      '-ar',
      String(sampleRateHz),
      '-ac',
      '2',
      '-progress',
      'pipe:1',
      '-f',
      'ogg',
      '-y',
      `file:${target}`
    ],
    async output => {
      for await (const chunk of output) {
        const us = /out_time_us=(\d+)/.exec(String(chunk))?.[1]
        if (us !== undefined) onDoneMs(Number(us) / 1000)
      }
    }
  )
  // No fault of the song's. Of a write that fails at the end ffmpeg says so and exits with 0.
  if (diskIsFull.test(outcome.errors)) {
    throw Object.assign(new Error(`there is no room for the song: ${lastWords(outcome)}`), { code: 'ENOSPC' })
  }
  if (outcome.code !== 0) throw new SongFault('notAudio', `it can't be encoded: ${lastWords(outcome)}`)
}

async function run(
  { folder, fileName, format, timeLimitMs, longestMs, signal, ownNetwork = null }: Source,
  logLevel: string,
  output: readonly string[],
  read: (output: Readable) => Promise<void>
): Promise<LimitedOutcome> {
  const outcome = await runLimited({
    command: 'ffmpeg',
    args: [
      '-hide_banner',
      '-nostdin',
      '-nostats',
      '-loglevel',
      logLevel,
      '-max_alloc',
      String(largestAllocationBytes),
      '-threads',
      '1',
      '-protocol_whitelist',
      'file,pipe',
      '-codec_whitelist',
      decoders,
      '-max_streams',
      String(mostStreams),
      '-t',
      String(longestMs / 1000 + 1),
      '-f',
      format.demuxer,
      '-i',
      `file:${fileName}`,
      ...output
    ],
    cwd: folder,
    limits: {
      cpuMs: timeLimitMs,
      wallMs: clockPerProcessor * timeLimitMs,
      residentBytes: 256 * mebibyte,
      addressBytes: 1024 * mebibyte,
      // A quarter more than its bits, and its beginning.
      fileBytes: (((longestMs / 1000) * bitsPerSecond) / 8) * 1.25 + mebibyte
    },
    read,
    signal,
    ownNetwork
  })
  if (outcome.tooMuch) throw new SongFault('tooDemanding', `too much: ${outcome.tooMuch}`)
  return outcome
}

function lastWords({ code, errors }: LimitedOutcome): string {
  return `code ${code}, ${errors.slice(-300)}`
}
