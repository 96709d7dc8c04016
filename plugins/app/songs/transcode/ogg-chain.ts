import type { OggPage } from '../../../../media/player/ogg-page.ts'
import { OggPageReader, type OggBytes } from '../../../../media/player/ogg-page-reader.ts'
import { packetSamples } from '../../../../media/player/opus-packet.ts'

/** A part of a file; `end` is exclusive. */
export interface ByteRange {
  start: number
  end: number
}

/** One link of a chained Ogg file, a whole Ogg file by itself: https://www.rfc-editor.org/rfc/rfc3533#section-4 */
export interface OggLink {
  /** Its pages, without those that hold empty packets only: ffmpeg stops at an empty packet. */
  ranges: ByteRange[]
  /** Duration of the audio packets in it, at least, ms. */
  heldMs: number
}

/** The audio stream of one link, as far as its duration depends on it. */
interface AudioStream {
  serial: number
  rateHz: number
  /** Samples that decoders drop at the beginning. */
  preSkip: number
  isOpus: boolean
}

interface OpenLink {
  ranges: ByteRange[]
  audio: AudioStream | null
  hasAudio: boolean
  samples: number
  /** Position and sequence number of the last audio page. */
  granule: number | null
  sequence: number | null
  headersOnly: boolean
}

/** Maximum number of links: each is decoded by a process of its own. */
const maxLinks = 500
/**
 * Maximum number of links shorter than `shortMs`, such as jingles between titles. Starting processes for a link takes
 * about 0.17 s, longer than decoding it. A small file could have hundreds of such links, and would hold the queue.
 */
const maxShortLinks = 100
const shortMs = 10_000
/** Maximum number of parts of the file that all links consist of: each is read by itself. */
const maxRanges = 10_000

/**
 * Reads all pages of an Ogg file. Returns its links that have audio. Damaged pages belong to no link.
 * @throws RangeError when there are more links, or gaps in them, than a recording can have; CodedError
 *   UNSUPPORTED_MEDIA when too much of the file is damaged
 */
export async function readOggChain(file: OggBytes): Promise<OggLink[]> {
  const reader = new OggPageReader(file)
  const links: OpenLink[] = []
  let earlierRanges = 0
  let page = await reader.findBetween(0, file.sizeBytes)
  while (page) {
    const link = links.at(-1)
    // Streams of one link begin together, before any other page.
    if (!link || (page.isFirst && !link.headersOnly)) {
      earlierRanges += link?.ranges.length ?? 0
      links.push(openLink(page))
    } else addPage(link, page)
    if (links.length > maxLinks) throw new RangeError(`more than ${maxLinks} links`)
    const ranges = earlierRanges + (links.at(-1)?.ranges.length ?? 0)
    if (ranges > maxRanges) throw new RangeError(`more than ${maxRanges} gaps`)
    page = await reader.findBetween(page.end, file.sizeBytes)
  }
  const audible = links
    .filter(({ hasAudio }) => hasAudio)
    .map(({ ranges, audio, samples }) => ({
      ranges,
      heldMs: Math.max(0, (1000 * samples) / (audio?.rateHz || Infinity))
    }))
  if (audible.filter(({ heldMs }) => heldMs < shortMs).length > maxShortLinks) {
    throw new RangeError(`more than ${maxShortLinks} links shorter than ${shortMs / 1000} s`)
  }
  return audible
}

function openLink(page: OggPage): OpenLink {
  const link: OpenLink = {
    ranges: [],
    audio: null,
    hasAudio: false,
    samples: 0,
    granule: null,
    sequence: null,
    headersOnly: true
  }
  addPage(link, page)
  return link
}

function addPage(link: OpenLink, page: OggPage): void {
  if (page.isFirst) link.audio ??= audioStreamOf(page)
  else link.headersOnly = false
  const isEmpty = page.parts.every(({ length }) => length === 0)
  if (!isEmpty) addRange(link.ranges, page)
  if (isEmpty || page.serial !== link.audio?.serial) return
  if (page.granule !== null && page.granule > 0) {
    link.samples += samplesOf(link, link.audio, page, page.granule)
    link.hasAudio = true
    link.granule = page.granule
  }
  link.sequence = page.sequence
}

/** Counts from the page before. The first page may have any position; only Opus packets tell their length. */
function samplesOf({ granule, sequence }: OpenLink, audio: AudioStream, page: OggPage, end: number): number {
  if (granule !== null) return sequence === page.sequence - 1 ? Math.max(0, end - granule) : 0
  if (!audio.isOpus || page.isContinuation) return 0
  try {
    const complete = page.isUnfinished ? page.parts.slice(0, -1) : page.parts
    const samples = complete.reduce((sum, packet) => sum + packetSamples(packet), 0)
    // The last page of a stream may end before its packets do.
    return Math.min(samples, end) - audio.preSkip
  } catch {
    return 0
  }
}

function addRange(ranges: ByteRange[], { start, end }: OggPage): void {
  const last = ranges.at(-1)
  if (last?.end === start) last.end = end
  else ranges.push({ start, end })
}

/** Returns the audio stream that a first page announces; null for other streams. */
function audioStreamOf({ serial, parts: [head] }: OggPage): AudioStream | null {
  if (!head) return null
  const startsWith = (magic: string) => head.toString('latin1', 0, magic.length) === magic
  const stream = { serial, preSkip: 0, isOpus: false }
  if (startsWith('OpusHead') && head.length >= 12) {
    return { serial, preSkip: head.readUInt16LE(10), rateHz: 48_000, isOpus: true }
  }
  // https://xiph.org/vorbis/doc/Vorbis_I_spec.html#x1-630004.2.2
  if (startsWith('\x01vorbis') && head.length >= 16) return { ...stream, rateHz: head.readUInt32LE(12) }
  // https://xiph.org/flac/ogg_mapping.html
  if (startsWith('\x7fFLAC') && head.length >= 30) return { ...stream, rateHz: head.readUIntBE(27, 3) >> 4 }
  // https://www.speex.org/docs/manual/speex-manual/node8.html
  if (startsWith('Speex   ') && head.length >= 40) return { ...stream, rateHz: head.readUInt32LE(36) }
  return null
}
