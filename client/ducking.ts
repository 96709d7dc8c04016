import type { ShowSettings } from '../contract/settings.ts'

/** Whether, and by how many dB, songs are lowered while somebody is heard speaking: a show's setting. */
export type DuckingSetting = ShowSettings['ducking']

/**
 * How songs make way for voices. A voice counts from this loudness on (mean of the magnitude, 0 to 1; about −44 dBFS): above what
 * rooms and microphones sound like by themselves, below quiet speech. The fall is over well before 50 ms; the hold bridges the
 * pauses between words; the rise is slow enough not to be noticed.
 */
export const duckingShape = { threshold: 0.006, attackMs: 24, holdMs: 250, releaseMs: 400 } as const

/** What a song is multiplied with while somebody speaks, 0 to 1. */
export function duckedGain({ on, levelDb }: DuckingSetting): number {
  return on ? 10 ** (levelDb / 20) : 1
}

/**
 * Ducking for sound outputs that have nothing to mix with but the volume of a song: tell it every 20 ms or so how loud the voices
 * are, and set the volume to what it answers. `loudness`: of all voices together, 0 to 1; `nowMs`: on a clock that doesn't go back.
 */
export function createDucker(): (setting: DuckingSetting, loudness: number, nowMs: number) => number {
  const { threshold, attackMs, holdMs, releaseMs } = duckingShape
  let heldUntilMs = -Infinity
  let lastMs: number | null = null
  let depth = 0

  return (setting, loudness, nowMs) => {
    const passedMs = lastMs === null ? 0 : Math.max(0, nowMs - lastMs)
    lastMs = nowMs
    if (loudness >= threshold) heldUntilMs = nowMs + holdMs
    const step = nowMs <= heldUntilMs ? passedMs / attackMs : -passedMs / releaseMs
    depth = Math.min(1, Math.max(0, depth + step))
    return 1 - depth * (1 - duckedGain(setting))
  }
}
