import type { ShowSettings } from './settings.ts'

/** Whether songs are quieter while a voice is heard, and by how many dB. A setting of the show. */
export type DuckingSetting = ShowSettings['ducking']

/**
 * The envelope with which songs fade under voices. `threshold` is the loudness from which a voice counts (mean of the
 * magnitude, 0 to 1; about −44 dBFS): above the noise of rooms and microphones, below quiet speech. The attack ends
 * well before 50 ms, the hold bridges pauses between words, and the release is slow enough not to be noticed.
 */
export const duckingShape = { threshold: 0.006, attackMs: 24, holdMs: 250, releaseMs: 400 } as const

/** Returns the gain of a song while a voice is heard, 0 to 1. */
export function duckedGain({ on, levelDb }: DuckingSetting): number {
  return on ? 10 ** (levelDb / 20) : 1
}

/**
 * Creates a function that computes the volume of songs, for sound outputs that cannot mix. Call it about every 20 ms
 * with the loudness of all voices together (0 to 1) and a monotonic time, and set the volume of songs to its result.
 */
export function createDucker(): (setting: DuckingSetting, loudness: number, nowMs: number) => number {
  const { threshold, attackMs, holdMs, releaseMs } = duckingShape
  let holdUntilMs = -Infinity
  let lastMs: number | null = null
  let depth = 0

  return (setting, loudness, nowMs) => {
    const elapsedMs = lastMs === null ? 0 : Math.max(0, nowMs - lastMs)
    lastMs = nowMs
    if (loudness >= threshold) holdUntilMs = nowMs + holdMs
    const step = nowMs <= holdUntilMs ? elapsedMs / attackMs : -elapsedMs / releaseMs
    depth = Math.min(1, Math.max(0, depth + step))
    return 1 - depth * (1 - duckedGain(setting))
  }
}
