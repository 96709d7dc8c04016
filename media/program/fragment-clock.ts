import { samplesPerMs } from '../player/opus-packet.ts'

/** Continues the decode times of fragmented MP4 over the runs of an encoder, each of which counts from its start. */
export interface FragmentClock {
  /** A run begins: its first fragment follows the last one of the run before. */
  restart(): void
  /** Returns the fragment with its place behind the fragments before it. */
  place(fragment: Buffer, durationMs: number): Buffer
}

export function createFragmentClock(): FragmentClock {
  let next = 0n
  let offset: bigint | null = null
  return {
    restart() {
      offset = null
    },
    place(fragment, durationMs) {
      // Track fragment decode time: ISO/IEC 14496-12, section 8.8.12. In version 1 it has 64 bits.
      const box = fragment.indexOf('tfdt', 0, 'latin1')
      if (box < 0 || fragment[box + 4] !== 1) return fragment
      const own = fragment.readBigUInt64BE(box + 8)
      offset ??= next - own
      const placed = Buffer.from(fragment)
      placed.writeBigUInt64BE(own + offset, box + 8)
      next = own + offset + BigInt(Math.round(durationMs * samplesPerMs))
      return placed
    }
  }
}
