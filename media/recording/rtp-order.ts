import { counterDistance, type RtpPacket } from '../rtp-packet.ts'

/** A packet, and the time at which it arrived by the server's clock. */
export interface ArrivedPacket extends RtpPacket {
  readonly atMs: number
}

/** A missing packet is waited for this long: a retransmission takes one round trip. */
const maxWaitMs = 400
/** About half a second of the shortest packets that are usual. */
const maxHeld = 50
/** A sequence number that is further away than this begins a new sequence. */
const maxDistance = 3000

/** Passes the packets of one stream on in the order of their sequence numbers, each once. */
export interface RtpOrder {
  add(packet: ArrivedPacket): void
  /** Gives up the packets that have been waited for long enough. Call it several times a second. */
  tick(nowMs: number): void
  /** Passes on what is held, without waiting. */
  flush(): void
}

export function createRtpOrder(onPacket: (packet: ArrivedPacket) => void): RtpOrder {
  /** Number of the next packet, from the first one on; it does not wrap. */
  let next: number | null = null
  let lastSequence = 0
  const held = new Map<number, ArrivedPacket>()

  function passOn(index: number, packet: ArrivedPacket): void {
    next = index + 1
    lastSequence = packet.sequence
    onPacket(packet)
  }

  function drain(): void {
    for (;;) {
      const packet = next === null ? undefined : held.get(next)
      if (next === null || !packet) return
      held.delete(next)
      passOn(next, packet)
    }
  }

  /** Gives up the packets before the first one that is held. */
  function skip(): void {
    const index = Math.min(...held.keys())
    const packet = held.get(index)
    if (!packet) return
    held.delete(index)
    passOn(index, packet)
    drain()
  }

  function flush(): void {
    while (held.size > 0) skip()
  }

  return {
    add(packet) {
      if (next === null) return passOn(0, packet)
      const distance = counterDistance(lastSequence, packet.sequence, 16)
      if (Math.abs(distance) > maxDistance) {
        flush()
        return passOn(next, packet)
      }
      const index = next - 1 + distance
      if (index < next || held.has(index)) return
      if (index === next) passOn(index, packet)
      else held.set(index, packet)
      drain()
      while (held.size > maxHeld) skip()
    },
    tick(nowMs) {
      while ([...held.values()].some(({ atMs }) => nowMs - atMs >= maxWaitMs)) skip()
    },
    flush
  }
}
