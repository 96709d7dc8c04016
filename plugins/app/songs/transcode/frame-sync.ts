/** The streams of frames without a header of their own, by ffmpeg's demuxer. */
export type FrameStream = 'mp3' | 'aac' | 'ac3' | 'eac3'

interface Frame {
  stream: FrameStream
  bytes: number
  /** The bits of the header that are equal in all frames of a stream. */
  kind: number
}

/** Number of frames in a row that identify a stream. Fewer do at the end of the bytes. */
const [minFrames, minFramesAtEnd] = [3, 2]
const maxFreeFrameBytes = 4608

/**
 * Finds the first frames in bytes that may begin in the middle of one, or with anything else. Other data may look like
 * the header of one frame, such as the byte order mark of a text, but not like several that follow each other.
 */
export function findFrames(bytes: Uint8Array): FrameStream | null {
  for (let offset = 0; offset + 1 < bytes.length; offset++) {
    if (bytes[offset] !== 0xff && bytes[offset] !== 0x0b) continue
    const frame = frameAt(bytes, offset)
    if (frame && isRow(bytes, offset, frame)) return frame.stream
  }
  return null
}

function isRow(bytes: Uint8Array, start: number, first: Frame): boolean {
  let frames = 1
  for (let at = start + first.bytes; at < bytes.length; frames++) {
    if (frames >= minFrames) return true
    const frame = frameAt(bytes, at)
    // Too few bytes for a header are the end of the file.
    if (!frame) return frames >= minFramesAtEnd && bytes.length - at < headerBytes
    if (frame.stream !== first.stream || frame.kind !== first.kind) return false
    at += frame.bytes
  }
  return frames >= minFramesAtEnd
}

/** Number of bytes that tell the length of a frame. */
const headerBytes = 7

function frameAt(bytes: Uint8Array, at: number): Frame | null {
  if (at + headerBytes > bytes.length) return null
  if (bytes[at] === 0xff) return adtsFrame(bytes, at) ?? mpegFrame(bytes, at)
  return bytes[at] === 0x0b && bytes[at + 1] === 0x77 ? ac3Frame(bytes, at) : null
}

const byteAt = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0

/** ADTS, with layer 0: https://wiki.multimedia.cx/index.php/ADTS */
function adtsFrame(bytes: Uint8Array, at: number): Frame | null {
  const [second, third] = [byteAt(bytes, at + 1), byteAt(bytes, at + 2)]
  if ((second & 0xf6) !== 0xf0 || ((third >> 2) & 15) > 12) return null
  const length = ((byteAt(bytes, at + 3) & 3) << 11) | (byteAt(bytes, at + 4) << 3) | (byteAt(bytes, at + 5) >> 5)
  return length < headerBytes ? null : { stream: 'aac', bytes: length, kind: (second << 8) | (third & 0xfc) }
}

/** Bitrates by version and layer, kb/s: http://www.mp3-tech.org/programmer/frame_header.html */
const mpegBitrates = {
  '1-1': [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  '1-2': [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  '1-3': [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  '2-1': [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  '2-2': [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  '2-3': [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
} as const
const mpegRates = [44_100, 48_000, 32_000] as const

function mpegFrame(bytes: Uint8Array, at: number): Frame | null {
  const [second, third] = [byteAt(bytes, at + 1), byteAt(bytes, at + 2)]
  const version = (second >> 3) & 3
  const layer = ([null, 3, 2, 1] as const)[(second >> 1) & 3]
  const baseRate = mpegRates[(third >> 2) & 3]
  const bitrateIndex = third >> 4
  if ((second & 0xe0) !== 0xe0 || version === 1 || !layer || !baseRate || bitrateIndex === 15) return null
  const kind = (second << 8) | (third & 0x0c)
  if (bitrateIndex === 0) {
    const length = freeFrameBytes(bytes, at)
    return length === null ? null : { stream: 'mp3', bytes: length, kind }
  }
  const isFirstVersion = version === 3
  const bitrate = (mpegBitrates[`${isFirstVersion ? 1 : 2}-${layer}`][bitrateIndex - 1] ?? 0) * 1000
  const rate = baseRate / (isFirstVersion ? 1 : version === 2 ? 2 : 4)
  const padding = (third >> 1) & 1
  if (layer === 1) return { stream: 'mp3', bytes: (Math.floor((12 * bitrate) / rate) + padding) * 4, kind }
  const samples = layer === 3 && !isFirstVersion ? 576 : 1152
  return { stream: 'mp3', bytes: Math.floor((samples * bitrate) / 8 / rate) + padding, kind }
}

/** Returns the distance to the next header of the same kind: frames of a free bitrate do not tell their length. */
function freeFrameBytes(bytes: Uint8Array, at: number): number | null {
  const end = Math.min(at + maxFreeFrameBytes, bytes.length - 2)
  for (let next = at + headerBytes; next < end; next++) {
    const isSame = bytes[next] === 0xff && bytes[next + 1] === bytes[at + 1]
    if (isSame && ((byteAt(bytes, next + 2) ^ byteAt(bytes, at + 2)) & 0xfd) === 0) return next - at
  }
  return null
}

/** Bitrates of AC-3, kb/s: https://www.atsc.org/wp-content/uploads/2015/03/A52-201212-17.pdf, table 5.18 */
const ac3Bitrates = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640] as const
const ac3Samples = 1536
const ac3Rates = [48_000, 44_100, 32_000] as const

function ac3Frame(bytes: Uint8Array, at: number): Frame | null {
  const fifth = byteAt(bytes, at + 4)
  const streamId = byteAt(bytes, at + 5) >> 3
  if (streamId > 10 && streamId <= 16) {
    const words = (((byteAt(bytes, at + 2) & 7) << 8) | byteAt(bytes, at + 3)) + 1
    return { stream: 'eac3', bytes: 2 * words, kind: (fifth >> 6) << 8 }
  }
  const [rate, bitrate] = [ac3Rates[fifth >> 6], ac3Bitrates[(fifth & 0x3f) >> 1]]
  if (streamId > 10 || !rate || !bitrate) return null
  const words = Math.floor((ac3Samples * bitrate * 1000) / 16 / rate) + (rate === 44_100 ? fifth & 1 : 0)
  return { stream: 'ac3', bytes: 2 * words, kind: fifth >> 6 }
}
