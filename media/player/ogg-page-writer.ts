import { fixedHeaderBytes, fullSegmentBytes, writeChecksum } from './ogg-page.ts'

const maxSegments = 255

/** A page that is written. */
export interface OggPageContent {
  isFirst?: boolean
  isLast?: boolean
  granule: number
  serial: number
  sequence: number
  /** Whole packets that fit into one page. */
  packets: readonly Buffer[]
}

/** Number of segments that a packet takes of a page, which has room for 255. */
const segmentsOf = (packet: Uint8Array): number => Math.floor(packet.length / fullSegmentBytes) + 1

/** Whether packets fit into one page. */
export function fitPage(packets: readonly Uint8Array[]): boolean {
  return packets.reduce((segments, packet) => segments + segmentsOf(packet), 0) <= maxSegments
}

/** Writes a page of an Ogg file: https://www.rfc-editor.org/rfc/rfc3533#section-6 */
export function writeOggPage({ isFirst, isLast, granule, serial, sequence, packets }: OggPageContent): Buffer {
  const segments = packets.flatMap(packet => [
    ...new Array<number>(segmentsOf(packet) - 1).fill(fullSegmentBytes),
    packet.length % fullSegmentBytes
  ])
  const header = Buffer.alloc(fixedHeaderBytes)
  header.write('OggS')
  header[5] = (isFirst ? 2 : 0) | (isLast ? 4 : 0)
  header.writeBigInt64LE(BigInt(granule), 6)
  header.writeUInt32LE(serial, 14)
  header.writeUInt32LE(sequence, 18)
  header[fixedHeaderBytes - 1] = segments.length
  const page = Buffer.concat([header, Buffer.from(segments), ...packets])
  writeChecksum(page)
  return page
}
