import type { Readable } from 'node:stream'
import { decodedInputArgs, decodeTo, type AudioSource } from './decoding.ts'
import {
  assertDiskHadSpace,
  bitrateBps,
  runFfmpeg,
  sampleRateHz,
  samplesPerMs,
  summaryOf,
  type FfmpegLimits
} from './ffmpeg.ts'
import type { ProcessOutcome } from './limited-process.ts'
import { correctionFilters, loudnessMeter, parseLoudness, type Correction, type Loudness } from './loudness.ts'
import { createPeakMeter, peakRateHz, type PeakMeter } from './peaks.ts'
import { notAudio, TranscodeError } from './transcode-error.ts'

/** Look-ahead of the encoder: its first samples lie before the beginning of the song. */
const lookAheadSamples = 312
/** ffmpeg reports a full disk with the C library's messages. */

/**
 * Decodes an upload to measure its duration and loudness. Throws TranscodeError, ProgramNotInstalledError.
 * @param onProgress called with the duration decoded so far, ms
 */
export async function measure(
  source: AudioSource,
  onProgress: (decodedMs: number) => void
): Promise<{ durationMs: number; loudness: Loudness }> {
  let durationMs = 0
  const outcome = await runFfmpeg(source, {
    logLevel: 'info',
    inputArgs: decodedInputArgs,
    outputArgs: ['-af', loudnessMeter, '-f', 'null', '-'],
    write: async input => {
      durationMs = await decodeTo(source, input, onProgress)
    },
    read: ignoreOutput
  })
  if (durationMs > source.maxDurationMs) {
    throw new TranscodeError('tooLong', `the audio is longer than ${source.maxDurationMs} ms`)
  }
  return { durationMs, loudness: loudnessIn(outcome, 'the loudness was not measured') }
}

export interface Encoding {
  measured: Loudness
  correction: Correction
  frameMs: number
  /** Name of the file to write. */
  target: string
}

/**
 * Encodes an upload as Ogg Opus, stereo, with a correction of its loudness. Throws TranscodeError,
 * ProgramNotInstalledError, and an error with code ENOSPC when the disk is full.
 * @param onProgress called with the duration encoded so far, ms
 */
export async function encode(
  source: AudioSource,
  { measured, correction, frameMs, target }: Encoding,
  onProgress: (encodedMs: number) => void
): Promise<void> {
  const frameSamples = frameMs * samplesPerMs
  const outcome = await runFfmpeg(source, {
    logLevel: 'error',
    inputArgs: decodedInputArgs,
    outputArgs: [
      ...['-map_metadata', '-1', '-af', [...correctionFilters(correction, measured), 'anull'].join(',')],
      // Leaves out everything that depends on the machine or the date, so that a repeated run gives the same file.
      ...['-fflags', '+bitexact', '-flags:a', '+bitexact'],
      // Each packet follows the one before, without a gap.
      ...['-bsf:a', `setts=ts=N*${frameSamples}-${lookAheadSamples}:duration=${frameSamples}`],
      ...['-c:a', 'libopus', '-application', 'audio', '-vbr', 'on', '-b:a', String(bitrateBps)],
      ...['-frame_duration', String(frameMs), '-ar', String(sampleRateHz), '-ac', '2'],
      ...['-f', 'ogg', '-y', `file:${target}`]
    ],
    write: async input => {
      await decodeTo(source, input, onProgress)
    },
    read: ignoreOutput
  })
  // A full disk says nothing about the song.
  assertDiskHadSpace(outcome)
  if (outcome.code !== 0) throw notAudio('damaged', `encoding failed: ${summaryOf(outcome)}`)
}

/** Decodes an encoded song to measure what people will hear. */
export async function measureResult(
  limits: FfmpegLimits,
  fileName: string
): Promise<{ loudness: Loudness; peaks: PeakMeter }> {
  const peaks = createPeakMeter()
  const filterChains = [
    `[0:a:0]asplit[whole][picture]`,
    `[whole]${loudnessMeter}[measured]`,
    `[picture]aresample=${peakRateHz},aformat=sample_fmts=s16:channel_layouts=stereo[peaks]`
  ]
  const outcome = await runFfmpeg(limits, {
    logLevel: 'info',
    inputArgs: ['-f', 'ogg', '-i', `file:${fileName}`],
    outputArgs: [
      ...['-filter_complex', filterChains.join(';'), '-map', '[measured]', '-f', 'null', '-'],
      ...['-map', '[peaks]', '-f', 's16le', '-c:a', 'pcm_s16le', 'pipe:1']
    ],
    read: async output => {
      for await (const chunk of output) peaks.add(chunk)
    }
  })
  return { loudness: loudnessIn(outcome, 'the song could not be decoded again'), peaks }
}

async function ignoreOutput(output: Readable): Promise<void> {
  output.resume()
}

/** Returns the loudness that a process has measured. Throws with this message when it did not. */
function loudnessIn(outcome: ProcessOutcome, failure: string): Loudness {
  const loudness = outcome.code === 0 ? parseLoudness(outcome.stderrTail) : null
  if (!loudness) throw new Error(`${failure}: ${summaryOf(outcome)}`)
  return loudness
}
