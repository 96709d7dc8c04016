import { unplayable } from './unplayable.ts'

/** Opus always counts time at 48 kHz, whatever the rate of the original. */
export const sampleRateHz = 48_000
export const samplesPerMs = sampleRateHz / 1000
const maxPacketSamples = 120 * samplesPerMs
const maxFrames = 48

/**
 * 20 ms of silence, in stereo at full band: a frame whose silence flag is set,
 * https://www.rfc-editor.org/rfc/rfc6716#section-4.3
 */
export const silentPacket = Buffer.from([0xfc, 0xff, 0xfe])

/** Frame lengths in samples, by the mode of the packet: https://www.rfc-editor.org/rfc/rfc6716#section-3.1 */
const silkFrames = [480, 960, 1920, 2880] as const
const hybridFrames = [480, 960] as const
const celtFrames = [120, 240, 480, 960] as const

/** Returns the duration of a packet in samples. Throws UNSUPPORTED_MEDIA when it cannot be an Opus packet. */
export function packetSamples(packet: Uint8Array): number {
  const [toc] = packet
  if (toc === undefined) throw unplayable('it has an empty packet')
  const count = frameCount(packet, toc)
  const samples = count * frameSamples(toc >> 3)
  if (count === 0 || count > maxFrames || samples > maxPacketSamples) {
    throw unplayable('it has a packet that is not Opus')
  }
  return samples
}

function frameSamples(config: number): number {
  if (config < 12) return silkFrames[config % 4] ?? 0
  return config < 16 ? (hybridFrames[config % 2] ?? 0) : (celtFrames[config % 4] ?? 0)
}

function frameCount(packet: Uint8Array, toc: number): number {
  switch (toc & 3) {
    case 0:
      return 1
    case 3:
      return (packet[1] ?? 0) & 0x3f
    default:
      return 2
  }
}

/** Returns whether these packets may be joined: each has a single frame, and both are of the same kind. */
export function canJoin(first: Uint8Array, next: Uint8Array): boolean {
  return first[0] === next[0] && ((first[0] ?? 0) & 3) === 0
}

/**
 * Joins packets that `canJoin` into one, without changing the frames; returns a single packet as it is. The cost of a
 * listener is the number of packets, and a forwarding unit cannot join them.
 * See https://www.rfc-editor.org/rfc/rfc6716#section-3.2.5
 */
export function joinPackets(packets: readonly [Buffer, ...Buffer[]]): Buffer {
  const [first, ...rest] = packets
  if (rest.length === 0) return first
  const frames = packets.map(packet => packet.subarray(1))
  const variableLengths = 0x80
  const header = Buffer.from([
    (first[0] ?? 0) | 3,
    variableLengths | frames.length,
    ...frames.slice(0, -1).flatMap(({ length }) => encodeFrameLength(length))
  ])
  return Buffer.concat([header, ...frames])
}

/** See https://www.rfc-editor.org/rfc/rfc6716#section-3.2.1 */
function encodeFrameLength(length: number): number[] {
  if (length < 252) return [length]
  const first = 252 + (length % 4)
  return [first, (length - first) / 4]
}
