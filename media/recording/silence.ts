/** Samples of the shortest Opus frame: silence comes in multiples of it. */
export const silenceUnit = 120
const frame20ms = 960
const maxFrames = 6
/** The code of a packet with any number of frames of the same length, which its second byte counts. */
const countedFrames = 3
/**
 * A frame whose silence flag is set: https://www.rfc-editor.org/rfc/rfc6716#section-4.3. A decoder conceals an empty
 * frame by continuing the sound before it.
 */
const silentFrame = [0xff, 0xfe]
/** Configurations of CELT at full band by the length of their frames: https://www.rfc-editor.org/rfc/rfc6716#section-3.1 */
const shortFrames = [
  [480, 30],
  [240, 29],
  [120, 28]
] as const
const config20ms = 31

/** An Opus packet and its duration at 48 kHz. */
export interface TimedPacket {
  readonly packet: Buffer
  readonly samples: number
}

/**
 * Yields packets of silence, of 120 ms as long as possible. Their sum is the duration asked for, rounded down to
 * `silenceUnit`.
 */
export function* silentPackets(samples: number, channels: 1 | 2): Generator<TimedPacket> {
  let left = samples
  while (left >= frame20ms) {
    const frames = Math.min(maxFrames, Math.floor(left / frame20ms))
    yield { packet: packetOf(frames, channels), samples: frames * frame20ms }
    left -= frames * frame20ms
  }
  for (const [length, config] of shortFrames) {
    if (left < length) continue
    yield { packet: Buffer.from([tocOf(config, channels, 0), ...silentFrame]), samples: length }
    left -= length
  }
}

function packetOf(frames: number, channels: 1 | 2): Buffer {
  const bodies = Array.from({ length: frames }, () => silentFrame).flat()
  return Buffer.from([tocOf(config20ms, channels, countedFrames), frames, ...bodies])
}

function tocOf(config: number, channels: 1 | 2, code: number): number {
  return (config << 3) | (channels === 2 ? 4 : 0) | code
}
