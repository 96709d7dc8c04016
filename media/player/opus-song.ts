import type { OggPage } from './ogg-page.ts'
import { OggPages } from './ogg-pages.ts'
import { packetSamples, samplesPerMs } from './opus-packet.ts'
import type { SongSource } from './song-source.ts'
import { unplayable } from './unplayable.ts'

/** One packet of a song. `start`, in samples from where the music begins: negative for what comes before it. */
export interface SongPacket {
  readonly data: Buffer
  readonly start: number
  readonly samples: number
}

/** A page from whose first packet reading may begin, and where in the stream that is. */
interface Landing {
  offset: number
  sample: number
}

/** Closer than this the pages are looked at one by one. */
const nearBytes = 65_536

/** An Ogg Opus file that was looked at: https://www.rfc-editor.org/rfc/rfc7845 */
export interface OpusSong {
  readonly durationMs: number
  /**
   * Pages' packets from the one that sounds at this position on. Ends with the file. Throws UNSUPPORTED_MEDIA where the file is
   * damaged, and what reading the bytes throws.
   */
  packets(positionMs: number): AsyncGenerator<SongPacket[], void, void>
}

/** Looks at a file's beginning and end. Throws UNSUPPORTED_MEDIA for anything but one whole stream of Opus, mono or stereo. */
export async function openOpusSong(source: SongSource): Promise<OpusSong> {
  const pages = new OggPages(source)
  const { serial, preSkip, audioStart } = await readHeaders(pages)
  const begin = await firstLanding(pages, audioStart, serial)
  const last = await pages.last()
  if (!last || last.granule === null) throw unplayable('its end is missing')
  if (last.serial !== serial) throw unplayable('it holds more than one stream')
  if (!last.isLast) throw unplayable('its end is missing')
  const musicStart = begin.sample + preSkip
  const { granule: end } = last

  return {
    durationMs: Math.max(0, end - musicStart) / samplesPerMs,
    async *packets(positionMs) {
      const target = musicStart + Math.max(0, Math.round(positionMs * samplesPerMs))
      const reader = new OggPages(source)
      const from = await land(reader, begin, source.sizeBytes, target, serial)
      for await (const packets of walk(reader, from, serial)) {
        // No 80 ms of pre-roll: the listeners' decoders run on through a seek, and converge while they play.
        const wanted = packets.filter(({ start, samples }) => Math.min(start + samples, end) > target && start < end)
        if (wanted.length > 0) yield wanted.map(packet => ({ ...packet, start: packet.start - musicStart }))
      }
    }
  }
}

/** The two header packets: https://www.rfc-editor.org/rfc/rfc7845#section-5 */
async function readHeaders(pages: OggPages): Promise<{ serial: number; preSkip: number; audioStart: number }> {
  const first = await pages.at(0)
  const [head] = first?.parts ?? []
  if (!first?.isFirst || !head || head.length < 19 || head.toString('latin1', 0, 8) !== 'OpusHead') {
    throw unplayable('it is no Ogg Opus')
  }
  const channels = head.readUInt8(9)
  if (head.readUInt8(8) >> 4 !== 0 || head.readUInt8(18) !== 0 || channels < 1 || channels > 2) {
    throw unplayable('it is neither mono nor stereo')
  }
  let page = await pages.at(first.end)
  if (page?.parts[0]?.toString('latin1', 0, 8) !== 'OpusTags') {
    throw unplayable(page?.isFirst ? 'it holds more than one stream' : 'its tags are missing')
  }
  while (page?.unfinished && page.parts.length === 1) page = await pages.at(page.end)
  if (page?.parts.length !== 1) throw unplayable('its end is missing')
  return { serial: first.serial, preSkip: head.readUInt16LE(10), audioStart: page.end }
}

/** Where the stream begins: not at 0 in what was cut out of something longer. */
async function firstLanding(pages: OggPages, audioStart: number, serial: number): Promise<Landing> {
  let samples = 0
  let pending: Buffer[] = []
  for (let page = await pages.at(audioStart); page; page = await pages.at(page.end)) {
    if (page.serial !== serial) throw unplayable('it holds more than one stream')
    const whole = wholePackets(page, pending)
    pending = whole.pending
    samples += whole.packets.reduce((sum, packet) => sum + packetSamples(packet), 0)
    if (page.granule === null) continue
    // The last page may say less than it holds: the end is cut off there.
    const sample = page.isLast ? 0 : page.granule - samples
    if (sample < 0) throw unplayable('it is damaged')
    return { offset: audioStart, sample }
  }
  throw unplayable('it is empty')
}

/** Bisects for a page not long before `target`. */
async function land(
  pages: OggPages,
  begin: Landing,
  sizeBytes: number,
  target: number,
  serial: number
): Promise<Landing> {
  let low = begin
  let high = sizeBytes
  while (high - low.offset > nearBytes) {
    const middle = Math.floor((low.offset + high) / 2)
    const found = await nextLanding(pages, middle, high, serial)
    if (found && found.sample <= target) low = found
    else high = middle
  }
  return low
}

/** The first page in this range that begins with a packet and says where it is. */
async function nextLanding(pages: OggPages, from: number, to: number, serial: number): Promise<Landing | null> {
  let page = await pages.find(from, to)
  while (page && page.start < to) {
    const { packets } = wholePackets(page, [])
    if (page.serial === serial && !page.continued && !page.isLast && page.granule !== null) {
      return {
        offset: page.start,
        sample: page.granule - packets.reduce((sum, packet) => sum + packetSamples(packet), 0)
      }
    }
    page = await pages.at(page.end)
  }
  return null
}

/** All packets from a page on, a page's at a time. */
async function* walk(pages: OggPages, from: Landing, serial: number): AsyncGenerator<SongPacket[], void, void> {
  let { sample } = from
  let pending: Buffer[] = []
  let before: OggPage | null = null
  for (let page = await pages.at(from.offset); page; page = await pages.at(page.end)) {
    if (page.serial !== serial || page.isFirst || before?.isLast) throw unplayable('it holds more than one stream')
    if (before && page.sequence !== (before.sequence + 1) >>> 0) throw unplayable('a part of it is missing')
    if (page.continued !== pending.length > 0) throw unplayable('it is damaged')
    const whole = wholePackets(page, pending)
    pending = whole.pending
    const packets = whole.packets.map(data => {
      const samples = packetSamples(data)
      sample += samples
      return { data, start: sample - samples, samples }
    })
    if (page.granule !== null && !page.isLast && page.granule !== sample) throw unplayable('a part of it is missing')
    yield packets
    before = page
  }
}

/** The packets that end on a page, and what is there of the one that does not. `pending`: what there was of it before. */
function wholePackets(
  { parts, unfinished }: OggPage,
  pending: readonly Buffer[]
): { packets: Buffer[]; pending: Buffer[] } {
  const packets = [...parts]
  const [first] = packets
  if (first && pending.length > 0) packets[0] = Buffer.concat([...pending, first])
  const rest = unfinished ? packets.pop() : undefined
  return { packets, pending: rest ? [rest] : [] }
}
