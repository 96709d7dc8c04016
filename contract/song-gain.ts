// Separate from the schemas, so that clients can use it without loading them.

/** Lowest level that hosts can set for songs, dB. Below it they would be inaudible, which pausing does better. */
export const minSongLevelDb = -30

/** Maximum duration of a fade of songs, ms. */
export const maxSongFadeMs = 10_000

/** Returns the gain of songs at a level in dB, 0 to 1. A room without a level plays songs in full. */
export function songLevelGain(levelDb = 0): number {
  return 10 ** (Math.min(0, levelDb) / 20)
}
