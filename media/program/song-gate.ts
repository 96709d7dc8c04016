import { songCsrc } from '../player/song-csrc.ts'
import { parseRtpPacket } from '../rtp-packet.ts'

/** Packets of a song that is not allowed yet are kept this long. The mixer delays a song by more than that. */
const maxHeldMs = 200
const maxHeldPackets = 20

/**
 * Passes the packets of a show's songs on, each one only when the song that it names is allowed. So a song that must
 * not be heard is not, whether its packets arrive before or after the news that it plays.
 */
export interface SongGate {
  take(producerId: string, packet: Buffer): void
  /** Allows these songs from now on, and no others. Passes on what has just arrived of them. */
  allow(songIds: readonly string[]): void
}

interface HeldPacket {
  readonly producerId: string
  readonly packet: Buffer
  readonly csrc: number
  readonly atMs: number
}

/** Creates a gate that lets nothing through. */
export function createSongGate(
  pass: (producerId: string, packet: Buffer) => void,
  monotonicMs = () => performance.now()
): SongGate {
  let allowed: ReadonlySet<number> = new Set()
  let held: HeldPacket[] = []

  return {
    take(producerId, packet) {
      const csrc = parseRtpPacket(packet)?.csrc ?? null
      if (csrc === null) return
      if (allowed.has(csrc)) return pass(producerId, packet)
      held.push({ producerId, packet, csrc, atMs: monotonicMs() })
      if (held.length > maxHeldPackets) held.shift()
    },
    allow(songIds) {
      allowed = new Set(songIds.map(songCsrc))
      const fromMs = monotonicMs() - maxHeldMs
      for (const { producerId, packet, csrc, atMs } of held) {
        if (allowed.has(csrc) && atMs >= fromMs) pass(producerId, packet)
      }
      held = held.filter(({ csrc, atMs }) => !allowed.has(csrc) && atMs >= fromMs)
    }
  }
}
