import type { ProgramFormat } from './encoding.ts'

/** A format that is a sequence of frames or pages, which a listener may join at any of them. */
export type StreamFormat = Exclude<ProgramFormat, 'fmp4'>

/** Number of bytes that the length of a frame is read from. */
const headBytes = { mp3: 4, aac: 7, opus: 27 } as const

const mp3BitratesKbps = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
const mp3RatesHz = [44_100, 48_000, 32_000]

/** Length of the frame that begins here; 0 when none does, and for a page whose head is not complete. */
const lengthAt: Record<StreamFormat, (bytes: Buffer, at: number) => number> = {
  mp3(bytes, at) {
    if (bytes[at] !== 0xff || ((bytes[at + 1] ?? 0) & 0xfe) !== 0xfa) return 0
    const third = bytes[at + 2] ?? 0
    const bps = (mp3BitratesKbps[third >> 4] ?? 0) * 1000
    return Math.floor((144 * bps) / (mp3RatesHz[(third >> 2) & 3] ?? Infinity)) + ((third >> 1) & 1)
  },
  aac(bytes, at) {
    if (bytes[at] !== 0xff || ((bytes[at + 1] ?? 0) & 0xf6) !== 0xf0) return 0
    return (bytes.readUIntBE(at + 3, 3) >> 5) & 0x1fff
  },
  opus(bytes, at) {
    if (bytes.toString('latin1', at, at + 4) !== 'OggS') return 0
    const segments = bytes[at + 26] ?? 0
    const table = bytes.subarray(at + 27, at + 27 + segments)
    return 27 + segments + table.reduce((sum, length) => sum + length, 0)
  }
}

/** Returns a function that takes pieces of a stream, and returns the frames that are complete. */
export function createFrameSplitter(format: StreamFormat): (bytes: Buffer) => Buffer[] {
  const lengthOf = lengthAt[format]
  let rest: Buffer = Buffer.alloc(0)
  return bytes => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    const frames: Buffer[] = []
    let start = 0
    while (rest.length - start >= headBytes[format]) {
      const length = lengthOf(rest, start)
      if (length === 0) {
        start++
        continue
      }
      if (format === 'opus' && rest.length - start < 27 + (rest[start + 26] ?? 0)) break
      if (rest.length - start < length) break
      frames.push(rest.subarray(start, start + length))
      start += length
    }
    rest = Buffer.from(rest.subarray(start))
    return frames
  }
}

/** Whether a page of Ogg begins a stream or continues its head: OpusHead and OpusTags are at place 0. */
export function isOggHead(page: Buffer): boolean {
  return page.readBigUInt64LE(6) === 0n
}
