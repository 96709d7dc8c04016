import { pageLength, parsePage, maxHeaderBytes, type OggPage } from '../../../media/player/ogg-page.ts'
import { packetSamples, samplesPerMs, silentPacket } from '../../../media/player/opus-packet.ts'
import { joinParts } from '../../../media/player/opus-song.ts'
import { fitPage, writeOggPage } from '../../../media/player/ogg-page-writer.ts'

/** Pauses are shortened to this length: transcribers charge for silence too. */
const maxPauseSamples = 1000 * samplesPerMs
const silentSamples = 20 * samplesPerMs
/** An Opus packet of this length has no sound in it: DTX, or a single frame of silence. */
const maxSilentBytes = 3
/** Code of a packet with several frames, and a frame whose silence flag is set, as the recorder fills gaps. */
const countedFrames = 3
const silentFrame = Buffer.from([0xff, 0xfe])
const maxPacketsPerPage = 50

/** Place of a part that was shortened nowhere: samples from the beginning of both files. */
export interface SpokenPlace {
  readonly spoken: number
  readonly original: number
}

/** A page of the new file, and its length in samples up to the end of the page. */
export interface SpokenPage {
  readonly bytes: Buffer
  readonly spoken: number
}

/** The recording of a stint has a damaged page. */
export class DamagedRecording extends Error {
  override readonly name = 'DamagedRecording'
}

/**
 * Copies an Ogg Opus file without its long pauses, packet by packet and without decoding. A gap between two pages, in
 * which nothing was sent, becomes silence: decoders do not agree about gaps. Yields the pages of the new file, and
 * tells where its parts were before. Throws DamagedRecording.
 */
export async function* spokenAudio(
  file: AsyncIterable<Uint8Array>,
  onPlace: (place: SpokenPlace) => void
): AsyncGenerator<SpokenPage, void, void> {
  const writer = new SpokenWriter(onPlace)
  let pending: Buffer[] = []
  let headers = 0
  for await (const page of pagesOf(file)) {
    const joined = joinParts(page, pending)
    pending = joined.pending
    if (headers < 2) {
      for (const packet of joined.packets) yield writer.header(page, packet, headers++)
      continue
    }
    yield* writer.add(page, joined.packets)
  }
  if (headers < 2) throw new DamagedRecording('the headers are missing')
  yield writer.end()
}

/** Places packets one after the other. */
class SpokenWriter {
  readonly #onPlace: (place: SpokenPlace) => void
  #serial = 0
  #sequence = 0
  #original = 0
  #spoken = 0
  #offset: number | null = null
  #pauseSamples = 0
  #packets: Buffer[] = []

  constructor(onPlace: (place: SpokenPlace) => void) {
    this.#onPlace = onPlace
  }

  header({ serial }: OggPage, packet: Buffer, index: number): SpokenPage {
    this.#serial = serial
    const page = { isFirst: index === 0, granule: 0, serial, sequence: this.#sequence++, packets: [packet] }
    return { bytes: writeOggPage(page), spoken: 0 }
  }

  *add({ granule }: OggPage, packets: readonly Buffer[]): Generator<SpokenPage> {
    const timed = packets.map(packet => ({ packet, samples: samplesOf(packet) }))
    const total = timed.reduce((sum, { samples }) => sum + samples, 0)
    // The end of a file may be cut off inside of its last packet.
    const gap = granule === null ? 0 : Math.max(0, granule - total - this.#original)
    const silence = Math.min(gap, maxPauseSamples)
    for (let at = silentSamples; at <= silence; at += silentSamples) yield* this.#pause(silentPacket, silentSamples)
    this.#original += gap
    for (const { packet, samples } of timed) {
      this.#original += samples
      if (isSilent(packet)) yield* this.#pause(packet, samples)
      else yield* this.#speech(packet, samples)
    }
  }

  end(): SpokenPage {
    return this.#page(true)
  }

  *#pause(packet: Buffer, samples: number): Generator<SpokenPage> {
    this.#pauseSamples += samples
    if (this.#pauseSamples <= maxPauseSamples) yield* this.#push(packet, samples)
  }

  *#speech(packet: Buffer, samples: number): Generator<SpokenPage> {
    this.#pauseSamples = 0
    const original = this.#original - samples
    const offset = original - this.#spoken
    if (offset !== this.#offset) this.#onPlace({ spoken: this.#spoken, original })
    this.#offset = offset
    yield* this.#push(packet, samples)
  }

  *#push(packet: Buffer, samples: number): Generator<SpokenPage> {
    if (this.#packets.length >= maxPacketsPerPage || !fitPage([...this.#packets, packet])) yield this.#page(false)
    this.#packets.push(packet)
    this.#spoken += samples
  }

  #page(isLast: boolean): SpokenPage {
    const content = { isLast, granule: this.#spoken, serial: this.#serial, sequence: this.#sequence++ }
    return { bytes: writeOggPage({ ...content, packets: this.#packets.splice(0) }), spoken: this.#spoken }
  }
}

function isSilent(packet: Buffer): boolean {
  if (packet.length <= maxSilentBytes) return true
  const [toc = 0, count = 0] = packet
  const frames = packet.subarray(2)
  if ((toc & 3) !== countedFrames || frames.length !== 2 * count) return false
  return frames.equals(Buffer.alloc(frames.length, silentFrame))
}

function samplesOf(packet: Buffer): number {
  try {
    return packetSamples(packet)
  } catch (error) {
    throw new DamagedRecording('a packet is damaged', { cause: error })
  }
}

/** Yields the pages of a file. One that was cut off at its end is left out. */
async function* pagesOf(file: AsyncIterable<Uint8Array>): AsyncGenerator<OggPage, void, void> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of file) {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk])
    let offset = 0
    for (;;) {
      const length = pageLength(rest.subarray(offset, offset + maxHeaderBytes), 0)
      if (length === null || offset + length > rest.length) break
      const page = parsePage(rest.subarray(offset, offset + length), offset)
      if (!page) throw new DamagedRecording('a page is damaged')
      yield page
      offset += length
    }
    rest = rest.subarray(offset)
  }
}
