import { createDucker, type DuckingSetting } from '../contract/ducking.ts'

/** Samples of both channels, of the same number. */
export interface Channels {
  readonly left: Float32Array
  readonly right: Float32Array
}

/** Returns channels of silence. */
export function createChannels(count: number): Channels {
  return { left: new Float32Array(count), right: new Float32Array(count) }
}

/** The sound of a block of music. */
export interface MusicSound {
  readonly setting: DuckingSetting
  /** Gain of the music while nobody speaks, 0 to 1. */
  readonly level: number
  /** Monotonic time of the block, ms. */
  readonly atMs: number
}

/**
 * Returns a function that adds a block of music to one of speech, quieter while somebody speaks. Call it with about
 * 20 ms at a time: the volume changes evenly within a block.
 */
export function createDuckedMusic(): (speech: Channels, music: Channels, sound: MusicSound) => void {
  const duck = createDucker()
  let lastGain = 1
  return (speech, music, { setting, level, atMs }) => {
    const count = speech.left.length
    const gain = level * duck(setting, loudnessOf(speech), atMs)
    for (let n = 0; n < count; n++) {
      const volume = lastGain + ((gain - lastGain) * (n + 1)) / count
      speech.left[n] = (speech.left[n] ?? 0) + volume * (music.left[n] ?? 0)
      speech.right[n] = (speech.right[n] ?? 0) + volume * (music.right[n] ?? 0)
    }
    lastGain = gain
  }
}

/** Mean of the magnitude, as ducking measures it. */
function loudnessOf({ left, right }: Channels): number {
  let sum = 0
  for (let n = 0; n < left.length; n++) sum += Math.abs((left[n] ?? 0) + (right[n] ?? 0)) / 2
  return sum / left.length
}
