import { createRandom } from '../../songs/mutations.ts'

export type Random = ReturnType<typeof createRandom>

const maxPacketBytes = 1500
/** Values at the ends of what lengths and counts can be. */
const edges = [0, 1, 3, 4, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xfffe, 0xffff]

type Damage = (packet: Buffer, random: Random) => Buffer

const damages: readonly Damage[] = [
  packet => packet,
  (packet, random) => packet.subarray(0, random(packet.length + 1)),
  (packet, random) => Buffer.concat([packet, Buffer.alloc(1 + random(200), random(256))]),
  (packet, random) => Buffer.concat([packet, packet]).subarray(0, packet.length + random(packet.length)),
  (packet, random) => write(packet, random, () => random(256)),
  (packet, random) => write(packet, random, old => old ^ (1 << random(8))),
  // The first bytes have versions, types, lengths and counts.
  (packet, random) => write(packet, random, () => random(256), 16),
  (packet, random) => writeEdges(packet, random),
  (packet, random) => {
    const from = random(packet.length)
    return Buffer.concat([packet.subarray(0, from), packet.subarray(from + 1 + random(8))])
  }
]

function write(packet: Buffer, random: Random, next: (old: number) => number, within = packet.length): Buffer {
  const copy = Buffer.from(packet)
  for (let n = 1 + random(6); n > 0 && copy.length > 0; n--) {
    const offset = random(Math.min(within, copy.length))
    copy[offset] = next(copy[offset] ?? 0)
  }
  return copy
}

/** Writes extreme numbers of two bytes where such numbers may be. */
function writeEdges(packet: Buffer, random: Random): Buffer {
  const copy = Buffer.from(packet)
  for (let n = 1 + random(3); n > 0 && copy.length >= 2; n--) {
    copy.writeUInt16BE(edges[random(edges.length)] ?? 0, 2 * random(copy.length >> 1))
  }
  return copy
}

/** Returns a damaged copy of a packet, damaged twice at times, or the packet itself. */
export function damaged(packet: Buffer, random: Random): Buffer {
  let bytes = packet
  for (let n = 1 + random(2); n > 0; n--) bytes = damages[random(damages.length)]?.(bytes, random) ?? bytes
  return bytes.subarray(0, maxPacketBytes)
}
