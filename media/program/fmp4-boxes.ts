import { samplesPerMs } from '../player/opus-packet.ts'

/** Samples in a frame of AAC. */
const frameSamples = 1024
const boxHeadBytes = 8

/** A box of a stream of fragmented MP4. */
export type Fmp4Piece = { kind: 'head'; bytes: Buffer } | { kind: 'fragment'; bytes: Buffer; durationMs: number }

/**
 * Returns a function that takes pieces of ffmpeg's fragmented MP4, and returns its head and its fragments as they are
 * complete: https://www.w3.org/TR/mse-byte-stream-format-isobmff/
 */
export function createFmp4Reader(): (bytes: Buffer) => Fmp4Piece[] {
  let rest: Buffer = Buffer.alloc(0)
  let boxes: Buffer[] = []
  let frames = 0
  return bytes => {
    rest = Buffer.concat([rest, bytes])
    const pieces: Fmp4Piece[] = []
    while (rest.length >= boxHeadBytes && rest.length >= rest.readUInt32BE(0)) {
      const box = rest.subarray(0, Math.max(boxHeadBytes, rest.readUInt32BE(0)))
      rest = Buffer.from(rest.subarray(box.length))
      const type = box.toString('latin1', 4, boxHeadBytes)
      if (type === 'ftyp' || type === 'moof') boxes = []
      if (type === 'moof') frames = framesIn(box)
      boxes.push(box)
      if (type === 'moov') pieces.push({ kind: 'head', bytes: Buffer.concat(boxes) })
      const durationMs = (frames * frameSamples) / samplesPerMs
      if (type === 'mdat') pieces.push({ kind: 'fragment', bytes: Buffer.concat(boxes), durationMs })
    }
    return pieces
  }
}

/** The number of samples is in the track run box, after its version and flags. */
function framesIn(moof: Buffer): number {
  const at = moof.indexOf('trun', 0, 'latin1')
  return at < 0 ? 0 : moof.readUInt32BE(at + 8)
}
