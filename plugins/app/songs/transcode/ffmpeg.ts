import type { Readable, Writable } from 'node:stream'
import { runLimited, type ProcessOutcome } from './limited-process.ts'
import type { CommandPrefix } from './network-isolation.ts'
import { TranscodeError } from './transcode-error.ts'

/** A folder with the files of one upload, and the limits of all steps of transcoding it. */
export interface FfmpegLimits {
  folder: string
  /** Maximum CPU time of each step, ms. A step may take four times as long by the wall clock. */
  timeLimitMs: number
  maxDurationMs: number
  signal: AbortSignal
  /** Command prefix that keeps the processes off the network; null runs them without isolation. */
  networkIsolation?: CommandPrefix | null
}

export interface FfmpegRun {
  logLevel: 'verbose' | 'info' | 'error'
  inputArgs: readonly string[]
  outputArgs: readonly string[]
  read(output: Readable): Promise<void>
  write?(input: Writable): Promise<void>
}

/** Sample rate of songs. */
export const sampleRateHz = 48_000
export const samplesPerMs = sampleRateHz / 1000
export const bitrateBps = 96_000
const mebibyte = 1024 * 1024
const wallTimePerCpuTime = 4
/** Maximum size of one allocation in ffmpeg. Files may claim larger sizes; ffmpeg rejects those. */
const maxAllocationBytes = 64 * mebibyte
/** Each picture of a file is a stream. */
const maxStreams = 256
const loggedOutputChars = 300
const diskFullPattern = /No space left on device|Disk quota exceeded/

/** Allowed decoders. Images and videos beside the audio use other decoders, which therefore never run. */
const decoders = [
  ['mp3float', 'mp3', 'mp2float', 'mp2', 'mp1float', 'mp1'],
  ['aac', 'aac_fixed', 'alac', 'flac', 'vorbis', 'opus', 'libopus', 'speex', 'libspeex'],
  ['ac3', 'ac3_fixed', 'eac3', 'amrnb', 'amrwb', 'libopencore_amrnb', 'libopencore_amrwb'],
  ['pcm_alaw', 'pcm_mulaw', 'pcm_u8', 'pcm_s8', 'pcm_s16le', 'pcm_s16be', 'pcm_s24le', 'pcm_s24be'],
  ['pcm_s32le', 'pcm_s32be', 'pcm_f32le', 'pcm_f32be', 'pcm_f64le', 'pcm_f64be'],
  ['adpcm_ms', 'adpcm_ima_wav', 'adpcm_ima_qt']
]
  .flat()
  .join(',')

/**
 * Runs ffmpeg with the limits of an upload. Throws TranscodeError when it exceeds one, ProgramNotInstalledError, the
 * signal's reason, and the errors of `read` and `write`.
 */
export async function runFfmpeg(
  { folder, timeLimitMs, maxDurationMs, signal, networkIsolation = null }: FfmpegLimits,
  { logLevel, inputArgs, outputArgs, read, write }: FfmpegRun
): Promise<ProcessOutcome> {
  const outcome = await runLimited({
    command: 'ffmpeg',
    args: [
      ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', logLevel],
      ...['-max_alloc', String(maxAllocationBytes), '-threads', '1'],
      ...['-filter_threads', '1', '-filter_complex_threads', '1'],
      ...['-protocol_whitelist', 'file,pipe', '-codec_whitelist', decoders, '-max_streams', String(maxStreams)],
      ...inputArgs,
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
    ...(write && { write }),
    signal,
    networkIsolation
  })
  if (outcome.exceeded) throw new TranscodeError('tooDemanding', `limit exceeded: ${outcome.exceeded}`)
  return outcome
}

const complaintPattern = /error|invalid|fail|premature|partial|not |unsupported/i

/** Returns the exit code of a process and the last of its lines that report something wrong, for the log. */
export function summaryOf({ code, stderrTail }: ProcessOutcome): string {
  const complaints = stderrTail.split('\n').filter(line => complaintPattern.test(line))
  return `code ${code}, ${complaints.join('\n').slice(-loggedOutputChars)}`
}

/**
 * Throws an error with the code ENOSPC when the disk was full while ffmpeg wrote. When the last write fails, ffmpeg
 * reports it and still exits with 0.
 */
export function assertDiskHadSpace(outcome: ProcessOutcome): void {
  if (!diskFullPattern.test(outcome.stderrTail)) return
  throw Object.assign(new Error(`no space left on the disk: ${summaryOf(outcome)}`), { code: 'ENOSPC' })
}
