import { oggCrc } from '../../media/player/ogg-crc.ts'
import type { SongSource } from '../../media/player/song-source.ts'

/** What an Ogg Opus file is written of. */
export interface OggParts {
  packets: readonly Buffer[]
  /** How long each packet lasts, in samples. */
  samples: (packet: Buffer) => number
  preSkip?: number
  serial?: number
  /** How many segments the n-th page of sound may have. */
  segmentsOnPage?: (page: number) => number
  /** Samples that are cut off at the end. */
  trimmed?: number
  channels?: number
}

const fullSegment = 255

/** One page; the checksum is right. */
export function oggPage({
  flags = 0,
  granule,
  serial,
  sequence,
  segments,
  body
}: {
  flags?: number
  granule: number
  serial: number
  sequence: number
  segments: number[]
  body: Buffer
}): Buffer {
  const header = Buffer.alloc(27)
  header.write('OggS')
  header[5] = flags
  header.writeBigInt64LE(BigInt(granule), 6)
  header.writeUInt32LE(serial, 14)
  header.writeUInt32LE(sequence, 18)
  header[26] = segments.length
  const page = Buffer.concat([header, Buffer.from(segments), body])
  page.writeUInt32LE(oggCrc(page), 22)
  return page
}

/** A whole file, page by page: two headers, then the sound. Packets are cut where pages are full. */
export function writeOgg({
  packets,
  samples,
  preSkip = 312,
  serial = 7,
  segmentsOnPage = () => 50,
  trimmed = 0,
  channels = 2
}: OggParts): Buffer[] {
  const head = Buffer.alloc(19)
  head.write('OpusHead')
  head[8] = 1
  head[9] = channels
  head.writeUInt16LE(preSkip, 10)
  head.writeUInt32LE(48_000, 12)
  const tags = Buffer.concat([Buffer.from('OpusTags'), Buffer.from([4, 0, 0, 0]), Buffer.from('test'), Buffer.alloc(4)])
  const pages = [
    oggPage({ flags: 2, granule: 0, serial, sequence: 0, segments: [head.length], body: head }),
    oggPage({ granule: 0, serial, sequence: 1, segments: [tags.length], body: tags })
  ]
  const laced = packets.flatMap((packet, index) =>
    [...lacing(packet)].map(({ segment, isLast }) => ({ segment, endsPacket: isLast ? index : null }))
  )
  let granule = 0
  for (let at = 0, page = 0, continued = false; at < laced.length; page++) {
    const onPage = laced.slice(at, (at += segmentsOnPage(page)))
    const ended = onPage.flatMap(({ endsPacket }) => (endsPacket === null ? [] : [packets[endsPacket]!]))
    granule += ended.reduce((sum, packet) => sum + samples(packet), 0)
    const isLast = at >= laced.length
    pages.push(
      oggPage({
        flags: (continued ? 1 : 0) | (isLast ? 4 : 0),
        granule: ended.length === 0 ? -1 : granule - (isLast ? trimmed : 0),
        serial,
        sequence: page + 2,
        segments: onPage.map(({ segment }) => segment.length),
        body: Buffer.concat(onPage.map(({ segment }) => segment))
      })
    )
    continued = onPage.at(-1)!.endsPacket === null
  }
  return pages
}

/** A packet's segments; one that ends on a full segment has an empty one more. */
function* lacing(packet: Buffer): Generator<{ segment: Buffer; isLast: boolean }> {
  let at = 0
  for (; packet.length - at >= fullSegment; at += fullSegment) {
    yield { segment: packet.subarray(at, at + fullSegment), isLast: false }
  }
  yield { segment: packet.subarray(at), isLast: true }
}

/** A file in memory; `reads` counts how often it was read. */
export function inMemory(file: Buffer, durationMs = 0): SongSource & { reads: number } {
  return {
    reads: 0,
    sizeBytes: file.length,
    durationMs,
    async read(start, end) {
      this.reads++
      if (start < 0 || end > file.length || start > end) throw new Error(`read ${start}–${end} of ${file.length}`)
      return file.subarray(start, end)
    }
  }
}
