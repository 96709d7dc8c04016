import type { Writable } from 'node:stream'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { runFfmpeg, sampleRateHz, samplesPerMs, summaryOf, type FfmpegLimits } from './ffmpeg.ts'
import { inputArgsOf, type AudioFormat } from './formats.ts'
import type { ProcessOutcome } from './limited-process.ts'
import { streamLinesOf } from './stream-lines.ts'
import { notAudio } from './transcode-error.ts'

/** A file that can be decoded from beginning to end: an upload, or one link of a chained Ogg file. */
export interface AudioPart {
  fileName: string
  /** Duration by the packets in the file, ms; null leaves it to what ffmpeg reads in the header. */
  heldMs: number | null
  /** Whether its end is cut off, so that the header counts audio that is not there. Default: false. */
  isCut?: boolean
}

/** Whether a part may end before its decoder gives anything: https://www.rfc-editor.org/rfc/rfc7845#section-4.4 */
export function mayBeUnheard({ heldMs }: AudioPart): boolean {
  return heldMs !== null && heldMs <= maxMissingMs
}

/** An upload: the files that are played one after the other, and the limits for transcoding them. */
export interface AudioSource extends FfmpegLimits {
  format: AudioFormat
  parts: readonly AudioPart[]
}

const channels = 2
const bytesPerMs = samplesPerMs * channels * Float32Array.BYTES_PER_ELEMENT

/** Arguments of a process that reads what `decodeTo` writes. */
export const decodedInputArgs = ['-f', 'f32le', '-ar', String(sampleRateHz), '-ac', String(channels), '-i', 'pipe:0']

/** Maximum part of the audio that may be missing at the end: decoders drop the padding of their encoders. */
const [maxMissingMs, maxMissingByHeaderMs] = [100, 250]
/** Maximum share of packets that are lost inside the audio: players conceal a few damaged ones. */
const maxLostShare = 0.1

/**
 * Decodes an upload into one format, 32-bit float, 48 kHz, stereo, whatever changes inside it. A filter that ffmpeg
 * runs on the upload itself starts again at each change of format. Returns the duration.
 * @throws TranscodeError with the place where decoding stopped, unless the whole upload was decoded
 */
export async function decodeTo(
  source: AudioSource,
  output: Writable,
  onProgress: (decodedMs: number) => void
): Promise<number> {
  // `pipeline` leaves its listeners on an output that stays open. A part has two decoders at most.
  output.setMaxListeners(output.getMaxListeners() + 2 * source.parts.length)
  let startMs = 0
  for (const part of source.parts) {
    const partMs = await decodePart(source, part, output, startMs, decodedMs => onProgress(startMs + decodedMs))
    startMs += partMs
    if (startMs > source.maxDurationMs) break
  }
  if (startMs === 0) throw notAudio('noAudio', 'no part has audio that can be heard')
  return startMs
}

async function decodePart(
  source: AudioSource,
  part: AudioPart,
  output: Writable,
  startMs: number,
  onProgress: (decodedMs: number) => void
): Promise<number> {
  let { outcome, decodedMs } = await runDecoder(source, part, 'aformat=channel_layouts=stereo', output, onProgress)
  const mix = decodedMs === 0 && mixOfUnknownChannels(outcome)
  if (mix) ({ outcome, decodedMs } = await runDecoder(source, part, mix, output, onProgress))
  const mayBeSilent = source.parts.length > 1 && mayBeUnheard(part)
  if (decodedMs === 0 && !(mayBeSilent && outcome.code === 0)) throw causeOf(outcome)
  if (decodedMs > source.maxDurationMs) return decodedMs
  const heldMs = part.heldMs === null ? durationByHeader(part, outcome) : part.heldMs - maxMissingMs
  // Decoders give nothing for the first packets of a link, many of a short one. Its duration tells what is lost.
  const hasLost = part.heldMs === null && lostShare(outcome) > maxLostShare
  if (outcome.code !== 0 || (heldMs !== null && decodedMs < heldMs) || hasLost) {
    const atMs = Math.round(startMs + decodedMs)
    throw notAudio('damaged', `decoding stopped at ${atMs} ms: ${summaryOf(outcome)}`, atMs)
  }
  return decodedMs
}

async function runDecoder(
  source: AudioSource,
  { fileName }: AudioPart,
  downmix: string,
  output: Writable,
  onProgress: (decodedMs: number) => void
): Promise<{ outcome: ProcessOutcome; decodedMs: number }> {
  let bytes = 0
  const count = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length
      onProgress(bytes / bytesPerMs)
      done(null, chunk)
    }
  })
  const outcome = await runFfmpeg(source, {
    logLevel: 'verbose',
    inputArgs: [...['-t', String(source.maxDurationMs / 1000 + 1)], ...inputArgsOf(source.format, fileName)],
    outputArgs: [
      ...['-map', '0:a:0', '-vn', '-sn', '-dn', '-map_metadata', '-1'],
      ...['-af', `${downmix},aresample=${sampleRateHz}`, '-ac', String(channels), '-ar', String(sampleRateHz)],
      ...['-c:a', 'pcm_f32le', '-f', 'f32le', 'pipe:1']
    ],
    read: async stdout => await pipeline(stdout, count, output, { end: false })
  })
  return { outcome, decodedMs: bytes / bytesPerMs }
}

/**
 * Returns a mix for channels without known places, such as the 32 tracks of a recorder: odd ones to the left, even ones
 * to the right. Undefined when this was not the fault.
 */
function mixOfUnknownChannels({ stderrHead, stderrTail }: ProcessOutcome): string | undefined {
  const described = streamLinesOf(stderrHead).map(line => /: Audio: .* (\d+) channels/.exec(line)?.[1])
  const count = Number(described.find(number => number !== undefined) ?? 0)
  if (count <= channels || !/Rematrix is needed/.test(stderrHead + stderrTail)) return undefined
  const side = (first: number) =>
    Array.from({ length: Math.ceil((count - first) / channels) }, (_, n) => `c${first + n * channels}`).join('+')
  return `pan=stereo|FL<${side(0)}|FR<${side(1)}`
}

/** Whether ffmpeg reported that it could not read or decode a part of the file. */
const faultPattern =
  /Error while decoding|Error during demuxing|Error submitting packet|Invalid data found|Packet processing failed/
const endPattern = /partial file|ended prematurely|filesize and duration do not match/
/** ffmpeg says this when the header has no duration. */
const estimatePattern = /Estimating duration from bitrate|using bitrate for duration/

/**
 * Returns the minimum duration by the header of a file in which ffmpeg found a fault, ms; null without a fault, and
 * where the header does not tell how much audio is there.
 */
function durationByHeader({ isCut = false }: AudioPart, { stderrHead, stderrTail }: ProcessOutcome): number | null {
  if (isCut) return null
  const printed = stderrHead + stderrTail
  if (!faultPattern.test(printed) && !endPattern.test(printed)) return null
  const hasVideo = streamLinesOf(stderrHead).some(line => /: Video: (?!.*\(attached pic\))/.test(line))
  const [, hours, minutes, seconds] = /^ {2}Duration: (\d+):(\d+):([\d.]+),/m.exec(stderrHead) ?? []
  if (seconds === undefined || hasVideo || estimatePattern.test(stderrHead)) return null
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 - maxMissingByHeaderMs
}

/** Returns the share of the packets that could not be decoded, from 0 to 1. */
function lostShare({ stderrTail }: ProcessOutcome): number {
  const [, packets, frames] = /\(audio\): (\d+) packets read .*; (\d+) frames decoded/.exec(stderrTail) ?? []
  return frames === undefined ? 0 : 1 - Number(frames) / Math.max(1, Number(packets))
}

/** Returns why nothing was decoded. */
function causeOf(outcome: ProcessOutcome) {
  const printed = outcome.stderrHead + outcome.stderrTail
  const message = `nothing was decoded: ${summaryOf(outcome)}`
  const hasInput = /^Input #0/m.test(printed)
  if (hasInput && !streamLinesOf(printed).some(line => line.includes(': Audio:'))) return notAudio('noAudio', message)
  // This build of ffmpeg has no demuxer for the format: libopenmpt is optional.
  if (/Unknown input format/.test(printed)) return notAudio('unsupportedCodec', message)
  if (hasInput && /not on whitelist|Decoder \(codec .*\) not found|: Audio: (none|unknown)/.test(printed)) {
    return notAudio('unsupportedCodec', message)
  }
  return outcome.code === 0 ? notAudio('noAudio', message) : notAudio('damaged', message, 0)
}
