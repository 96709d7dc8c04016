import { packetsOf } from './memory-stints.ts'
import { makeFile } from '../../songs/files.ts'

/** A packet as it arrives. `atMs`: the server's clock. */
export interface Arrival {
  bytes: Buffer
  atMs: number
}

export interface SyntheticVoice {
  /** The Opus packet of each 20 ms; null sends none. */
  payload(index: number): Buffer | null
  packets: number
  /** Server time of the first sample. */
  startedAtMs: number
  /** The sound card is faster than the server's clock by this, in millionths. */
  driftPpm?: number
  /** Delay of the network, ms. */
  delayMs?: (index: number) => number
  isLost?: (index: number) => boolean
  firstSequence?: number
  firstTimestamp?: number
}

/** Silent 20 ms of mono. */
export const quietPacket = Buffer.from([0xf8, 0xff, 0xfe])

/** Returns the packets of a speaker with a sound card and a network of its own, in the order of their arrival. */
export function arrivalsOf(voice: SyntheticVoice): Arrival[] {
  const { driftPpm = 0, delayMs = () => 0, isLost = () => false, firstSequence = 0, firstTimestamp = 0 } = voice
  const arrivals: Arrival[] = []
  let sequence = firstSequence
  for (let index = 0; index < voice.packets; index++) {
    const payload = voice.payload(index)
    if (!payload) continue
    const bytes = rtpPacket(sequence++, firstTimestamp + index * 960, payload)
    if (isLost(index)) continue
    const recordedMs = ((index + 1) * 20) / (1 + driftPpm / 1e6)
    arrivals.push({ bytes, atMs: voice.startedAtMs + recordedMs + delayMs(index) })
  }
  return arrivals.sort((one, other) => one.atMs - other.atMs)
}

export function rtpPacket(sequence: number, timestamp: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(12)
  header[0] = 0x80
  header[1] = 100
  header.writeUInt16BE(sequence % 2 ** 16, 2)
  header.writeUInt32BE(timestamp % 2 ** 32, 4)
  header.writeUInt32BE(1, 8)
  return Buffer.concat([header, payload])
}

/** Returns repeatable random numbers between 0 and 1. */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Encodes a tone as voices are, 20 ms a packet. `expression`: volume by `t` in s, as ffmpeg's aevalsrc takes it. */
export async function tonePackets(
  frequency: number,
  seconds: number,
  volume = '0.5',
  options: readonly string[] = []
): Promise<Buffer[]> {
  const source = `aevalsrc='(${volume})*sin(2*PI*${frequency}*t)':s=48000:d=${seconds}`
  const args = ['-c:a', 'libopus', '-b:a', '32k', '-application', 'voip', '-frame_duration', '20', ...options]
  return packetsOf(await makeFile('tone.ogg', args, source))
}
