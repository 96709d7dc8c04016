import { oggCrc } from './ogg-crc.ts'

export const capturePattern = Buffer.from('OggS')
/** Length of the header without its segment table. */
export const fixedHeaderBytes = 27
/** A segment of this length is followed by another segment of its packet. */
export const fullSegmentBytes = 255
export const maxHeaderBytes = fixedHeaderBytes + 255
export const maxPageBytes = maxHeaderBytes + 255 * fullSegmentBytes

/** One page of an Ogg file: https://www.rfc-editor.org/rfc/rfc3533#section-6 */
export interface OggPage {
  /** Offsets of its start and end in the file. */
  readonly start: number
  readonly end: number
  /** Begins with the rest of a packet of the page before. */
  readonly isContinuation: boolean
  /** Whether it is the first or the last page of its stream. */
  readonly isFirst: boolean
  readonly isLast: boolean
  /** Position in the stream at the end of the last packet that ends on this page; null when none ends here. */
  readonly granule: number | null
  readonly serial: number
  readonly sequence: number
  /** The packets on it; the first may be the rest of a packet, the last the beginning of one. */
  readonly parts: readonly Buffer[]
  /** The last part continues on the next page. */
  readonly isUnfinished: boolean
}

/** Returns the length of the page at `offset`; null when there are too few bytes to determine it. */
export function pageLength(bytes: Buffer, offset: number): number | null {
  const segments = bytes[offset + fixedHeaderBytes - 1]
  if (segments === undefined || bytes.length < offset + fixedHeaderBytes + segments) return null
  const tableStart = offset + fixedHeaderBytes
  return fixedHeaderBytes + segments + sum(bytes.subarray(tableStart, tableStart + segments))
}

/** Parses one page; returns null when these bytes are not an intact page. `start`: their offset in the file. */
export function parsePage(bytes: Buffer, start: number): OggPage | null {
  if (bytes.length < fixedHeaderBytes || !bytes.subarray(0, 4).equals(capturePattern) || bytes[4] !== 0) return null
  if (pageLength(bytes, 0) !== bytes.length || oggCrc(bytes) !== bytes.readUInt32LE(22)) return null
  const flags = bytes.readUInt8(5)
  const granule = Number(bytes.readBigInt64LE(6))
  return {
    start,
    end: start + bytes.length,
    isContinuation: (flags & 1) !== 0,
    isFirst: (flags & 2) !== 0,
    isLast: (flags & 4) !== 0,
    granule: granule === -1 ? null : granule,
    serial: bytes.readUInt32LE(14),
    sequence: bytes.readUInt32LE(18),
    ...splitBody(bytes)
  }
}

/** Writes the checksum into a page that is complete otherwise. */
export function writeChecksum(page: Buffer): void {
  page.writeUInt32LE(oggCrc(page), 22)
}

/** Splits the body into packets, by the segment table. */
function splitBody(bytes: Buffer): Pick<OggPage, 'parts' | 'isUnfinished'> {
  const bodyStart = fixedHeaderBytes + bytes.readUInt8(26)
  const parts: Buffer[] = []
  let from = bodyStart
  let to = bodyStart
  for (const segment of bytes.subarray(fixedHeaderBytes, bodyStart)) {
    to += segment
    if (segment === fullSegmentBytes) continue
    parts.push(bytes.subarray(from, to))
    from = to
  }
  const isUnfinished = bytes[bodyStart - 1] === fullSegmentBytes && bodyStart > fixedHeaderBytes
  if (isUnfinished) parts.push(bytes.subarray(from, to))
  return { parts, isUnfinished }
}

function sum(segments: Uint8Array): number {
  let total = 0
  for (const segment of segments) total += segment
  return total
}
