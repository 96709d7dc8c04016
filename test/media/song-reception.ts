import type { types } from 'mediasoup'
import { openOpusSong } from '../../media/player/opus-song.ts'
import { packetSamples } from '../../media/player/opus-packet.ts'
import type { SongSource } from '../../media/player/song-source.ts'
import type { ShowAudio } from '../../media/show-audio.ts'
import { inMemory, writeOgg } from './ogg-writer.ts'
import { opusReceiveCapabilities } from './rtc-peer.ts'

const songSeconds = 30
const celt20 = 19 << 3

/** A song of 20 ms packets of about 96 kb/s. Every packet is different, so that its payload tells its position. */
export const songFile = Buffer.concat(
  writeOgg({
    packets: Array.from({ length: songSeconds * 50 }, (_, n) => {
      const packet = Buffer.alloc(240, n)
      packet[0] = celt20
      packet.writeUInt32BE(n, 1)
      return packet
    }),
    samples: packetSamples
  })
)

/** Position of each packet in the song, ms, by its payload in hex. */
export const positionsByPayload = new Map<string, number>()
for await (const packets of (await openOpusSong(createSong())).packets(0)) {
  for (const { data, start } of packets) positionsByPayload.set(data.toString('hex'), start / 48)
}

/** Creates a source of the song. */
export function createSong(): SongSource {
  return inMemory(songFile, songSeconds * 1000)
}

/** Returns the order to play a song from its beginning, now. */
export function fromStart(source: SongSource) {
  return { source, positionMs: 0, at: Date.now() }
}

/** Returns the position of a packet in the song, ms; NaN when it is not of the song. */
export function positionOf(payload: string): number {
  return positionsByPayload.get(payload) ?? NaN
}

/** One RTP packet; the payload in hex. */
export interface ReceivedPacket {
  sequence: number
  timestamp: number
  ssrc: number
  /** The contributing sources; songs name one. */
  csrcs: number[]
  payload: string
}

/** Receives every packet of a producer, on the show's first router. */
export async function receivePackets(audio: ShowAudio, producerId: string): Promise<ReceivedPacket[]> {
  const transport = await audio.routers[0]!.createDirectTransport()
  const consumer: types.Consumer = await transport.consume({
    producerId,
    rtpCapabilities: { codecs: [...opusReceiveCapabilities.codecs], headerExtensions: [] }
  })
  const received: ReceivedPacket[] = []
  consumer.on('rtp', packet =>
    received.push({
      sequence: packet.readUInt16BE(2),
      timestamp: packet.readUInt32BE(4),
      ssrc: packet.readUInt32BE(8),
      csrcs: csrcsOf(packet),
      payload: packet.toString('hex', payloadStart(packet))
    })
  )
  return received
}

/** mediasoup reserves header extensions even for none: https://www.rfc-editor.org/rfc/rfc3550#section-5.3.1 */
function payloadStart(packet: Buffer): number {
  const start = 12 + 4 * csrcsOf(packet).length
  return packet[0]! & 0x10 ? start + 4 + 4 * packet.readUInt16BE(start + 2) : start
}

function csrcsOf(packet: Buffer): number[] {
  return Array.from({ length: packet[0]! & 0x0f }, (_, n) => packet.readUInt32BE(12 + 4 * n))
}

/** Returns whether these packets follow each other every 20 ms by their timestamps. */
export function areContiguous(packets: ReceivedPacket[]): boolean {
  return packets.every(({ timestamp }, n) => ((timestamp - packets[0]!.timestamp) >>> 0) / 48 === n * 20)
}

/** Returns whether no sequence number is missing. */
export function areInSequence(packets: ReceivedPacket[]): boolean {
  return packets.every(({ sequence }, n) => sequence === (packets[0]!.sequence + n) % 65_536)
}
