import type { Readable } from 'node:stream'
import type { AudioFormat } from './formats.ts'
import { runLimited, type ProcessOutcome } from './limited-process.ts'
import { loudnessFilters, parseLoudness, type Loudness } from './loudness.ts'
import type { CommandPrefix } from './network-isolation.ts'
import { createPeakMeter, peakRateHz, type PeakMeter } from './peaks.ts'
import { TranscodeError } from './transcode-error.ts'

/** An upload in a folder of its own, and the limits for transcoding it. */
export interface TranscodeSource {
  folder: string
  fileName: string
  format: AudioFormat
  /** Maximum CPU time of each step, ms. A step may take four times as long by the wall clock. */
  timeLimitMs: number
  maxDurationMs: number
  signal: AbortSignal
  /** Command prefix that keeps the processes off the network; null runs them without isolation. */
  networkIsolation?: CommandPrefix | null
}

/** Result of the first pass. `loudness` is null for silence. */
export interface Measurement {
  durationMs: number
  loudness: Loudness | null
  peaks: PeakMeter
}

const sampleRateHz = 48_000
const samplesPerMs = sampleRateHz / 1000
const bitrateBps = 96_000
const mebibyte = 1024 * 1024
const wallTimePerCpuTime = 4
/** Maximum size of one allocation in ffmpeg. Files may claim larger sizes; ffmpeg rejects those. */
const maxAllocationBytes = 64 * mebibyte
const maxStreams = 32
/** Look-ahead of the encoder: its first samples lie before the beginning of the song. */
const lookAheadSamples = 312
const loggedOutputChars = 300

/** Allowed decoders. Images and videos beside the audio use other decoders, which therefore never run. */
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
 * Decodes an upload once to measure its duration, loudness and peaks. Throws TranscodeError, ProgramNotInstalledError.
 * @param onProgress called with the duration decoded so far, ms
 */
export async function measure(source: TranscodeSource, onProgress: (decodedMs: number) => void): Promise<Measurement> {
  const peaks = createPeakMeter()
  const filterChains = [
    `[0:a:0]aresample=${sampleRateHz},aformat=sample_fmts=fltp:channel_layouts=stereo,asplit[whole][picture]`,
    '[whole]loudnorm=print_format=json[measured]',
    `[picture]aresample=${peakRateHz},aformat=sample_fmts=s16:channel_layouts=mono[peaks]`
  ]
  const outcome = await runFfmpeg(
    source,
    'info',
    [
      '-filter_complex_threads',
      '1',
      '-filter_complex',
      filterChains.join(';'),
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
        onProgress(peaks.durationMs())
      }
    }
  )
  const durationMs = peaks.durationMs()
  if (durationMs === 0) throw new TranscodeError('notAudio', `nothing was decoded: ${summaryOf(outcome)}`)
  if (durationMs > source.maxDurationMs) {
    throw new TranscodeError('tooLong', `the audio is longer than ${source.maxDurationMs} ms`)
  }
  return { durationMs, loudness: parseLoudness(outcome.stderrTail), peaks }
}

/** ffmpeg reports a full disk with the C library's messages. */
const diskFullPattern = /No space left on device|Disk quota exceeded/

/**
 * Encodes an upload as Ogg Opus, stereo, at the loudness of all songs. Throws TranscodeError, ProgramNotInstalledError,
 * and an error with code ENOSPC when the disk is full.
 * @param onProgress called with the duration encoded so far, ms
 */
export async function encode(
  source: TranscodeSource,
  loudness: Loudness | null,
  { frameMs, target }: { frameMs: number; target: string },
  onProgress: (encodedMs: number) => void
): Promise<void> {
  const frameSamples = frameMs * samplesPerMs
  const outcome = await runFfmpeg(
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
      [...loudnessFilters(loudness), `aresample=${sampleRateHz}`, 'aformat=channel_layouts=stereo'].join(','),
      // Leaves out everything that depends on the machine or the date, so that a repeated run gives the same file.
      '-fflags',
      '+bitexact',
      '-flags:a',
      '+bitexact',
      // Replaces the timestamps of the upload, which may have gaps or be wrong: each packet follows the one before.
      '-bsf:a',
      `setts=ts=N*${frameSamples}-${lookAheadSamples}:duration=${frameSamples}`,
      '-c:a',
      'libopus',
      '-application',
      'audio',
      '-vbr',
      'on',
      '-b:a',
      String(bitrateBps),
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
        if (us !== undefined) onProgress(Number(us) / 1000)
      }
    }
  )
  // A full disk says nothing about the song. When the last write fails, ffmpeg reports it and still exits with 0.
  if (diskFullPattern.test(outcome.stderrTail)) {
    throw Object.assign(new Error(`no space left for the song: ${summaryOf(outcome)}`), { code: 'ENOSPC' })
  }
  if (outcome.code !== 0) throw new TranscodeError('notAudio', `encoding failed: ${summaryOf(outcome)}`)
}

async function runFfmpeg(
  { folder, fileName, format, timeLimitMs, maxDurationMs, signal, networkIsolation = null }: TranscodeSource,
  logLevel: string,
  outputArgs: readonly string[],
  read: (output: Readable) => Promise<void>
): Promise<ProcessOutcome> {
  const outcome = await runLimited({
    command: 'ffmpeg',
    args: [
      '-hide_banner',
      '-nostdin',
      '-nostats',
      '-loglevel',
      logLevel,
      '-max_alloc',
      String(maxAllocationBytes),
      '-threads',
      '1',
      '-protocol_whitelist',
      'file,pipe',
      '-codec_whitelist',
      decoders,
      '-max_streams',
      String(maxStreams),
      '-t',
      String(maxDurationMs / 1000 + 1),
      '-f',
      format.demuxer,
      '-i',
      `file:${fileName}`,
      ...outputArgs
    ],
    cwd: folder,
    limits: {
      cpuMs: timeLimitMs,
      wallMs: wallTimePerCpuTime * timeLimitMs,
      residentBytes: 256 * mebibyte,
      addressBytes: 1024 * mebibyte,
      // A quarter more than the bitrate gives, plus the file header.
      fileBytes: (((maxDurationMs / 1000) * bitrateBps) / 8) * 1.25 + mebibyte
    },
    read,
    signal,
    networkIsolation
  })
  if (outcome.exceeded) throw new TranscodeError('tooDemanding', `limit exceeded: ${outcome.exceeded}`)
  return outcome
}

function summaryOf({ code, stderrTail }: ProcessOutcome): string {
  return `code ${code}, ${stderrTail.slice(-loggedOutputChars)}`
}
