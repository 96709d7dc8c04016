import { randomInt } from 'node:crypto'
import { fitPage, writeOggPage } from '../player/ogg-page-writer.ts'
import { sampleRateHz } from '../player/opus-packet.ts'

/** A page is passed on when it has this much audio, unless `flush` does it before. */
const maxPageSamples = 2 * sampleRateHz

/**
 * Samples that a player drops at the beginning. An Opus encoder sends each sample later than the RTP timestamp says, by
 * its look-ahead: 312 samples in libopus, except in its low-delay mode. Without them, sample n of the decoded file is
 * the sound at n samples after the timestamp of the first packet.
 */
const preSkipSamples = 312

/** Writes one Ogg Opus stream, page by page: https://www.rfc-editor.org/rfc/rfc7845 */
export interface OggOpusWriter {
  /** Samples of all packets so far. */
  readonly samples: number
  /** Adds an Opus packet of at most `maxPacketBytes`. Its bytes are copied. */
  add(packet: Uint8Array, samples: number): void
  /** Passes on the page that is not full yet. */
  flush(): void
  /** Ends the stream. */
  end(): void
}

/** Maximum bytes of a packet, since none continues on another page. No Opus packet of 120 ms is longer. */
export const maxPacketBytes = 7657

export function createOggOpusWriter(channels: 1 | 2, onPages: (pages: Buffer) => void): OggOpusWriter {
  const serial = randomInt(2 ** 32)
  let sequence = 0
  let samples = 0
  let pageStart = 0
  let packets: Buffer[] = []

  function page(granule: number, place: { isFirst?: boolean; isLast?: boolean } = {}): Buffer {
    const bytes = writeOggPage({ ...place, granule, serial, sequence: sequence++, packets })
    packets = []
    pageStart = samples
    return bytes
  }

  function flush(): void {
    if (packets.length > 0) onPages(page(samples))
  }

  packets.push(head(channels))
  const headPage = page(0, { isFirst: true })
  packets.push(tags())
  onPages(Buffer.concat([headPage, page(0)]))

  return {
    get samples() {
      return samples
    },
    add(packet, packetSamples) {
      if (!fitPage([...packets, packet])) flush()
      packets.push(Buffer.from(packet))
      samples += packetSamples
      if (samples - pageStart >= maxPageSamples) flush()
    },
    flush,
    end: () => onPages(page(samples, { isLast: true }))
  }
}

/** See https://www.rfc-editor.org/rfc/rfc7845#section-5.1 */
function head(channels: 1 | 2): Buffer {
  const bytes = Buffer.alloc(19)
  bytes.write('OpusHead')
  bytes[8] = 1
  bytes[9] = channels
  bytes.writeUInt16LE(preSkipSamples, 10)
  bytes.writeUInt32LE(sampleRateHz, 12)
  return bytes
}

/** See https://www.rfc-editor.org/rfc/rfc7845#section-5.2 */
function tags(): Buffer {
  const vendor = Buffer.from('Ambient')
  const bytes = Buffer.alloc(8 + 4 + vendor.length + 4)
  bytes.write('OpusTags')
  bytes.writeUInt32LE(vendor.length, 8)
  vendor.copy(bytes, 12)
  return bytes
}
