import type { OggPage } from './ogg-page.ts'
import { OggPageReader } from './ogg-page-reader.ts'
import { packetSamples, samplesPerMs } from './opus-packet.ts'
import type { SongSource } from './song-source.ts'
import { unplayable } from './unplayable.ts'

/** One packet of a song. `start`: samples from the beginning of the music, negative for packets before it. */
export interface SongPacket {
  readonly data: Buffer
  readonly start: number
  readonly samples: number
}

/** The offset of a page that begins with a whole packet, and the position of that packet in the stream. */
interface SeekPoint {
  offset: number
  sample: number
}

/** A seek bisects the file down to this distance, and then reads page by page. */
const bisectUntilBytes = 65_536

/** An Ogg Opus file whose beginning and end were read: https://www.rfc-editor.org/rfc/rfc7845 */
export interface OpusSong {
  readonly source: SongSource
  readonly durationMs: number
  /**
   * Reads the packets of one page at a time, from the packet that sounds at this position to the end of the file.
   * Throws UNSUPPORTED_MEDIA where the file is damaged, and what the source throws.
   */
  packets(positionMs: number): AsyncGenerator<SongPacket[], void, void>
}

/**
 * Reads the beginning and the end of a file. Throws UNSUPPORTED_MEDIA for anything but one whole Opus stream, mono or
 * stereo.
 */
export async function openOpusSong(source: SongSource): Promise<OpusSong> {
  const pages = new OggPageReader(source)
  const { serial, preSkip, audioStart } = await readHeaders(pages)
  const begin = await readFirstSeekPoint(pages, audioStart, serial)
  const last = await pages.findLast()
  if (!last || last.granule === null) throw unplayable('its end is missing')
  if (last.serial !== serial) throw unplayable('it contains more than one stream')
  if (!last.isLast) throw unplayable('its end is missing')
  const musicStart = begin.sample + preSkip
  const { granule: end } = last

  return {
    source,
    durationMs: Math.max(0, end - musicStart) / samplesPerMs,
    async *packets(positionMs) {
      const target = musicStart + Math.max(0, Math.round(positionMs * samplesPerMs))
      const reader = new OggPageReader(source)
      const from = await findSeekPoint(reader, begin, source.sizeBytes, target, serial)
      for await (const packets of readPackets(reader, from, serial)) {
        // Without 80 ms of pre-roll: the listeners' decoders keep running through a seek, and converge while they play.
        const audible = packets.filter(({ start, samples }) => Math.min(start + samples, end) > target && start < end)
        if (audible.length > 0) yield audible.map(packet => ({ ...packet, start: packet.start - musicStart }))
      }
    }
  }
}

/** Reads the two header packets: https://www.rfc-editor.org/rfc/rfc7845#section-5 */
async function readHeaders(pages: OggPageReader): Promise<{ serial: number; preSkip: number; audioStart: number }> {
  const first = await pages.readAt(0)
  const [head] = first?.parts ?? []
  if (!first?.isFirst || !head || head.length < 19 || head.toString('latin1', 0, 8) !== 'OpusHead') {
    throw unplayable('it is not Ogg Opus')
  }
  const channels = head.readUInt8(9)
  if (head.readUInt8(8) >> 4 !== 0 || head.readUInt8(18) !== 0 || channels < 1 || channels > 2) {
    throw unplayable('it is neither mono nor stereo')
  }
  let page = await pages.readAt(first.end)
  if (page?.parts[0]?.toString('latin1', 0, 8) !== 'OpusTags') {
    throw unplayable(page?.isFirst ? 'it contains more than one stream' : 'its tags are missing')
  }
  while (page?.isUnfinished && page.parts.length === 1) page = await pages.readAt(page.end)
  if (page?.parts.length !== 1) throw unplayable('its end is missing')
  return { serial: first.serial, preSkip: head.readUInt16LE(10), audioStart: page.end }
}

/** Reads where the stream begins: a file that was cut out of a longer stream does not begin at 0. */
async function readFirstSeekPoint(pages: OggPageReader, audioStart: number, serial: number): Promise<SeekPoint> {
  let samples = 0
  let pending: Buffer[] = []
  for (let page = await pages.readAt(audioStart); page; page = await pages.readAt(page.end)) {
    if (page.serial !== serial) throw unplayable('it contains more than one stream')
    const joined = joinParts(page, pending)
    pending = joined.pending
    samples += joined.packets.reduce((sum, packet) => sum + packetSamples(packet), 0)
    if (page.granule === null) continue
    // The granule of the last page may be less than the page holds: the rest is cut off.
    const sample = page.isLast ? 0 : page.granule - samples
    if (sample < 0) throw unplayable('it is damaged')
    return { offset: audioStart, sample }
  }
  throw unplayable('it is empty')
}

/** Bisects for a page a short distance before `target`. */
async function findSeekPoint(
  pages: OggPageReader,
  begin: SeekPoint,
  sizeBytes: number,
  target: number,
  serial: number
): Promise<SeekPoint> {
  let low = begin
  let high = sizeBytes
  while (high - low.offset > bisectUntilBytes) {
    const middle = Math.floor((low.offset + high) / 2)
    const found = await findNextSeekPoint(pages, middle, high, serial)
    if (found && found.sample <= target) low = found
    else high = middle
  }
  return low
}

/** Returns the first page in this range that begins with a whole packet and has a position. */
async function findNextSeekPoint(
  pages: OggPageReader,
  from: number,
  to: number,
  serial: number
): Promise<SeekPoint | undefined> {
  let page = await pages.findBetween(from, to)
  while (page && page.start < to) {
    const { packets } = joinParts(page, [])
    if (page.serial === serial && !page.isContinuation && !page.isLast && page.granule !== null) {
      return {
        offset: page.start,
        sample: page.granule - packets.reduce((sum, packet) => sum + packetSamples(packet), 0)
      }
    }
    page = await pages.readAt(page.end)
  }
  return undefined
}

/** Reads all packets from a page on, one page at a time. */
async function* readPackets(
  pages: OggPageReader,
  from: SeekPoint,
  serial: number
): AsyncGenerator<SongPacket[], void, void> {
  let { sample } = from
  let pending: Buffer[] = []
  let before: OggPage | null = null
  for (let page = await pages.readAt(from.offset); page; page = await pages.readAt(page.end)) {
    if (page.serial !== serial || page.isFirst || before?.isLast) throw unplayable('it contains more than one stream')
    if (before && page.sequence !== (before.sequence + 1) >>> 0) throw unplayable('a part of it is missing')
    if (page.isContinuation !== pending.length > 0) throw unplayable('it is damaged')
    const joined = joinParts(page, pending)
    pending = joined.pending
    const packets = joined.packets.map(data => {
      const samples = packetSamples(data)
      sample += samples
      return { data, start: sample - samples, samples }
    })
    if (page.granule !== null && !page.isLast && page.granule !== sample) throw unplayable('a part of it is missing')
    yield packets
    before = page
  }
}

/**
 * Returns the packets that end on a page, and the part of the packet that does not (`pending`). The argument `pending`
 * is the beginning of the first packet, from the pages before.
 */
export function joinParts(
  { parts, isUnfinished }: OggPage,
  pending: readonly Buffer[]
): { packets: Buffer[]; pending: Buffer[] } {
  const packets = [...parts]
  const [first] = packets
  if (first && pending.length > 0) packets[0] = Buffer.concat([...pending, first])
  const rest = isUnfinished ? packets.pop() : undefined
  return { packets, pending: rest ? [rest] : [] }
}
