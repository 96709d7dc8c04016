import { oggCrc } from '../../media/player/ogg-crc.ts'
import type { SongSource } from '../../media/player/song-source.ts'

/** The content of an Ogg Opus file. */
export interface OggContent {
  packets: readonly Buffer[]
  /** Returns the length of a packet in samples. */
  samples: (packet: Buffer) => number
  preSkip?: number
  serial?: number
  /** Returns the number of segments on the n-th audio page. */
  segmentsOnPage?: (page: number) => number
  channels?: number
}

const fullSegmentBytes = 255

/** Writes one page with the right checksum. */
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

/** Writes a whole file, page by page: two headers, then the audio. Packets are split where pages are full. */
export function writeOgg({
  packets,
  samples,
  preSkip = 312,
  serial = 7,
  segmentsOnPage = () => 50,
  channels = 2
}: OggContent): Buffer[] {
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
    [...segmentsOf(packet)].map(({ segment, isLast }) => ({ segment, endsPacket: isLast ? index : null }))
  )
  let granule = 0
  for (let at = 0, page = 0, isContinuation = false; at < laced.length; page++) {
    const onPage = laced.slice(at, (at += segmentsOnPage(page)))
    const ended = onPage.flatMap(({ endsPacket }) => (endsPacket === null ? [] : [packets[endsPacket]!]))
    granule += ended.reduce((sum, packet) => sum + samples(packet), 0)
    const isLast = at >= laced.length
    pages.push(
      oggPage({
        flags: (isContinuation ? 1 : 0) | (isLast ? 4 : 0),
        granule: ended.length === 0 ? -1 : granule,
        serial,
        sequence: page + 2,
        segments: onPage.map(({ segment }) => segment.length),
        body: Buffer.concat(onPage.map(({ segment }) => segment))
      })
    )
    isContinuation = onPage.at(-1)!.endsPacket === null
  }
  return pages
}

/** Splits a packet into segments; a packet that ends on a full segment gets an empty one more. */
function* segmentsOf(packet: Buffer): Generator<{ segment: Buffer; isLast: boolean }> {
  let at = 0
  for (; packet.length - at >= fullSegmentBytes; at += fullSegmentBytes) {
    yield { segment: packet.subarray(at, at + fullSegmentBytes), isLast: false }
  }
  yield { segment: packet.subarray(at), isLast: true }
}

/** A song source in memory; `reads` counts its reads. */
export function inMemory(file: Buffer, durationMs = 0, songId = 'song'): SongSource & { reads: number } {
  return {
    reads: 0,
    songId,
    sizeBytes: file.length,
    durationMs,
    async read(start, end) {
      this.reads++
      if (start < 0 || end > file.length || start > end) throw new Error(`read ${start}–${end} of ${file.length}`)
      return file.subarray(start, end)
    }
  }
}
