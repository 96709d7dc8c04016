import { packetSamples, samplesPerMs } from '../player/opus-packet.ts'

/** A packet that would be heard later than this does not belong to the time before it: the sender began anew. */
const maxAheadSamples = 2000 * samplesPerMs
const maxPackets = 200
/** The delay is examined, and shortened when all packets wait too long, after this many packets. */
const packetsPerExamination = 250
const spareSamples = 40 * samplesPerMs

/** A packet and its place on the clock of the mixer, in samples. */
export interface PlacedPacket {
  readonly place: number
  readonly payload: Uint8Array
}

/** Puts the packets of one producer in order, and on the clock of the mixer. */
export interface JitterBuffer {
  /** Takes a packet that arrives at a place of the clock. Drops what is no Opus. */
  put(timestamp: number, payload: Uint8Array, now: number): void
  /** Takes the packets that begin before this place, in order. */
  take(before: number): PlacedPacket[]
  clear(): void
}

/** `delayMs`: the time between a packet's arrival and its place, at first and after a packet that came too late. */
export function createJitterBuffer(delayMs: number): JitterBuffer {
  const delay = delayMs * samplesPerMs
  let waiting: PlacedPacket[] = []
  let last: number | null = null
  let offset: number | null = null
  let shortestWait = Infinity
  let examined = 0

  /** Continues the 32 bits of RTP's timestamps. */
  function unwrap(timestamp: number): number {
    if (last === null) return timestamp
    return last + ((timestamp - last) | 0)
  }

  function place(time: number, now: number): number {
    if (offset !== null) {
      const known = time + offset
      if (known >= now && known <= now + maxAheadSamples) return known
    }
    offset = now + delay - time
    shortestWait = Infinity
    examined = 0
    return now + delay
  }

  function examine(wait: number): void {
    shortestWait = Math.min(shortestWait, wait)
    if (++examined < packetsPerExamination) return
    if (offset !== null && shortestWait > delay + spareSamples) offset -= shortestWait - delay
    shortestWait = Infinity
    examined = 0
  }

  return {
    put(timestamp, payload, now) {
      let samples: number
      try {
        samples = packetSamples(payload)
      } catch {
        return
      }
      if (samples === 0 || waiting.length >= maxPackets) return
      const time = unwrap(timestamp)
      const isOld = last !== null && time < last && offset !== null && time + offset < now
      // One that comes after its place, while later ones came in time: it is lost.
      if (isOld) return
      last = last === null ? time : Math.max(last, time)
      const at = place(time, now)
      examine(at - now)
      const before = waiting.findLastIndex(other => other.place <= at)
      if (waiting[before]?.place === at) return
      waiting.splice(before + 1, 0, { place: at, payload: Uint8Array.from(payload) })
    },
    take(before) {
      const count = waiting.findIndex(packet => packet.place >= before)
      const due = count < 0 ? waiting : waiting.slice(0, count)
      waiting = count < 0 ? [] : waiting.slice(count)
      return due
    },
    clear() {
      waiting = []
      offset = last = null
    }
  }
}
