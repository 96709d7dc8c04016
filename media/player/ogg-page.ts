import { oggCrc } from './ogg-crc.ts'

export const capturePattern = Buffer.from('OggS')
/** The header without its table of segments. */
const headerBytes = 27
/** A segment as long as this is followed by more of its packet. */
const fullSegmentBytes = 255
/** No header, and no page, is longer. */
export const longestHeaderBytes = headerBytes + 255
export const longestPageBytes = longestHeaderBytes + 255 * fullSegmentBytes

/** One page of an Ogg file: https://www.rfc-editor.org/rfc/rfc3533#section-6 */
export interface OggPage {
  /** Where it begins and ends in the file. */
  readonly start: number
  readonly end: number
  /** Begins with the rest of a packet from the page before. */
  readonly continued: boolean
  /** The first and the last of its stream. */
  readonly isFirst: boolean
  readonly isLast: boolean
  /** Where the stream is when the last packet that ends here is over; null when none ends here. */
  readonly granule: number | null
  readonly serial: number
  readonly sequence: number
  /** The packets on it; the first may be the rest of one, the last the beginning of one. */
  readonly parts: readonly Buffer[]
  /** The last of its parts goes on on the next page. */
  readonly unfinished: boolean
}

/** How many bytes the page at `at` has; null when too few are there to say. */
export function pageBytes(bytes: Buffer, at: number): number | null {
  const segments = bytes[at + headerBytes - 1]
  if (segments === undefined || bytes.length < at + headerBytes + segments) return null
  return headerBytes + segments + sum(bytes.subarray(at + headerBytes, at + headerBytes + segments))
}

/** Reads the page these bytes are; null when they are none, or a damaged one. `start`: where they are in the file. */
export function parsePage(bytes: Buffer, start: number): OggPage | null {
  if (bytes.length < headerBytes || !bytes.subarray(0, 4).equals(capturePattern) || bytes[4] !== 0) return null
  if (pageBytes(bytes, 0) !== bytes.length || oggCrc(bytes) !== bytes.readUInt32LE(22)) return null
  const flags = bytes.readUInt8(5)
  const granule = Number(bytes.readBigInt64LE(6))
  return {
    start,
    end: start + bytes.length,
    continued: (flags & 1) !== 0,
    isFirst: (flags & 2) !== 0,
    isLast: (flags & 4) !== 0,
    granule: granule === -1 ? null : granule,
    serial: bytes.readUInt32LE(14),
    sequence: bytes.readUInt32LE(18),
    ...cut(bytes)
  }
}

/** The body, cut where the table of segments says. */
function cut(bytes: Buffer): Pick<OggPage, 'parts' | 'unfinished'> {
  const bodyStart = headerBytes + bytes.readUInt8(26)
  const parts: Buffer[] = []
  let from = bodyStart
  let to = bodyStart
  for (const segment of bytes.subarray(headerBytes, bodyStart)) {
    to += segment
    if (segment === fullSegmentBytes) continue
    parts.push(bytes.subarray(from, to))
    from = to
  }
  const unfinished = bytes[bodyStart - 1] === fullSegmentBytes && bodyStart > headerBytes
  if (unfinished) parts.push(bytes.subarray(from, to))
  return { parts, unfinished }
}

function sum(segments: Uint8Array): number {
  let total = 0
  for (const segment of segments) total += segment
  return total
}
