import { createArrivalMarks } from './arrival-marks.ts'
import { createOggOpusWriter, maxPacketBytes } from './ogg-opus-writer.ts'
import { packetSamples, samplesPerMs } from '../player/opus-packet.ts'
import { counterDistance } from '../rtp-packet.ts'
import type { ArrivedPacket } from './rtp-order.ts'
import { silenceUnit, silentPackets } from './silence.ts'
import type { StintFile } from './stint-file.ts'

/** A longer gap ends the stint, because filling it takes time and space. */
const maxGapMs = 10 * 60_000
/** Timestamps that move on faster than the clock by this much have jumped. */
const maxJumpMs = 2_000
/** A file is not further ahead of the clock than this, however small the jumps are. */
const maxAheadMs = 10_000
/** Timestamps fell behind the clock by this much: the packets were late, or the sender's clock stood still. */
const minLagMs = 1_000
/** Late packets are followed by others that catch up in this time. */
const catchUpMs = 1_000

/** The file of a stint, as its writer uses it. */
export type StintSink = Pick<StintFile, 'append' | 'mark'>

/**
 * Writes the packets of one stint, unchanged, in order. Gaps between their timestamps are filled with silence, whether
 * the speaker was muted, silent with DTX, or packets were lost: so the samples of the file are the time that passed.
 */
export interface StintWriter {
  /** Writes a packet. Returns false when its timestamp does not continue this stint: end it, and begin another one. */
  add(packet: ArrivedPacket): boolean
  /** Passes on what has been written so far. */
  flush(): void
  /** Ends the file. */
  end(): void
}

/** The packets that followed a lag. */
interface Lag {
  readonly sinceMs: number
  readonly delayBeforeMs: number
  minDelayMs: number
}

/** Begins a stint with the packet that `add` gets first. */
export function createStintWriter(channels: 1 | 2, sink: StintSink): StintWriter {
  const ogg = createOggOpusWriter(channels, pages => sink.append(pages))
  const marks = createArrivalMarks((samples, atMs) => sink.mark(samples, Math.round(atMs)))
  let last: ArrivedPacket | null = null
  /** The samples from the timestamp of the first packet to that of the last one. */
  let elapsed = 0
  let firstAtMs = 0
  let lag: Lag | null = null

  const delayOf = (samples: number, atMs: number) => atMs - samples / samplesPerMs

  /** Whether a packet that begins `distance` samples after the last one continues the stint. */
  function continues(packet: ArrivedPacket, before: ArrivedPacket, distance: number): boolean {
    const distanceMs = distance / samplesPerMs
    const passedMs = Math.max(0, packet.atMs - before.atMs)
    if (distanceMs < -maxJumpMs || distanceMs > maxGapMs || distanceMs > passedMs + maxJumpMs) return false
    const aheadMs = Math.max(ogg.samples, elapsed + distance) / samplesPerMs - (packet.atMs - firstAtMs)
    return aheadMs <= maxAheadMs && !hasStoodStill(packet, before, distance)
  }

  /** Whether the sender's timestamps stood still for a while: no later packet caught up. */
  function hasStoodStill(packet: ArrivedPacket, before: ArrivedPacket, distance: number): boolean {
    const delayMs = delayOf(elapsed + distance, packet.atMs)
    if (lag) {
      lag.minDelayMs = Math.min(lag.minDelayMs, delayMs)
      if (packet.atMs - lag.sinceMs < catchUpMs) return false
      const { minDelayMs, delayBeforeMs } = lag
      lag = null
      return minDelayMs - delayBeforeMs >= minLagMs
    }
    const delayBeforeMs = delayOf(elapsed, before.atMs)
    if (delayMs - delayBeforeMs >= minLagMs) lag = { sinceMs: packet.atMs, delayBeforeMs, minDelayMs: delayMs }
    return false
  }

  function write(packet: ArrivedPacket, samples: number): void {
    const gap = elapsed - ogg.samples
    if (gap >= silenceUnit) for (const silent of silentPackets(gap, channels)) ogg.add(silent.packet, silent.samples)
    ogg.add(packet.payload, samples)
    // A packet is sent when its last sample has been recorded, so its length does not delay the mark.
    marks.arrived(ogg.samples, packet.atMs)
  }

  return {
    add(packet) {
      const samples = samplesOf(packet.payload)
      if (samples === null) return true
      if (last) {
        const distance = counterDistance(last.timestamp, packet.timestamp, 32)
        if (!continues(packet, last, distance)) return false
        elapsed += distance
      } else {
        firstAtMs = packet.atMs
      }
      last = packet
      write(packet, samples)
      return true
    },
    flush: () => ogg.flush(),
    end() {
      marks.end()
      ogg.end()
    }
  }
}

/** Returns the duration of an Opus packet; null for one that is not Opus, which is left out like a lost one. */
export function samplesOf(payload: Buffer): number | null {
  if (payload.length > maxPacketBytes) return null
  try {
    return packetSamples(payload)
  } catch {
    return null
  }
}
