import { sampleRateHz, samplesPerMs } from '../player/opus-packet.ts'

/** The streams that one ffmpeg writes, each into a pipe of its own. `fmp4` is cut into the parts of HLS. */
export const programFormats = ['mp3', 'aac', 'opus', 'fmp4'] as const
export type ProgramFormat = (typeof programFormats)[number]

/** File descriptor of the first pipe. The others follow in the order of the formats. */
export const firstPipe = 3

export const bitratesKbps = { mp3: 128, aac: 128, opus: 96 } as const
/** Length of a part of HLS: whole frames of AAC, which have 1024 samples. */
export const partSamples = 24 * 1024
export const partMs = partSamples / samplesPerMs

const pipeOf = (format: ProgramFormat) => `pipe:${firstPipe + programFormats.indexOf(format)}`

/** Arguments of ffmpeg: PCM on standard input. Packets are written at once; AAC is encoded once for two formats. */
export function encoderArgs(): string[] {
  const fragmentUs = Math.floor(partMs * 1000) - 1000
  const mp4 = `f=mp4:movflags=+empty_moov+default_base_moof+separate_moof:frag_duration=${fragmentUs}:flush_packets=1`
  return [
    ...['-hide_banner', '-nostats', '-loglevel', 'error', '-fflags', '+nobuffer', '-flush_packets', '1'],
    ...['-probesize', '32', '-analyzeduration', '0', '-f', 's16le', '-ar', String(sampleRateHz), '-ac', '2'],
    ...['-i', 'pipe:0'],
    ...['-map', '0:a', '-c:a', 'libmp3lame', '-b:a', `${bitratesKbps.mp3}k`, '-write_xing', '0', '-id3v2_version', '0'],
    ...['-f', 'mp3', '-flush_packets', '1', pipeOf('mp3')],
    ...['-map', '0:a', '-c:a', 'libopus', '-b:a', `${bitratesKbps.opus}k`, '-vbr', 'on', '-frame_duration', '20'],
    ...['-page_duration', '200000', '-f', 'ogg', '-flush_packets', '1', pipeOf('opus')],
    ...['-map', '0:a', '-c:a', 'aac', '-b:a', `${bitratesKbps.aac}k`, '-flags', '+global_header', '-f', 'tee'],
    `[f=adts:flush_packets=1]${pipeOf('aac')}|[${mp4}]${pipeOf('fmp4')}`
  ]
}
