import type { Playback } from './playback.ts'

// Separate from the schemas, so that clients can use it without loading them.

/**
 * A song that follows a fade begins this long after it, ms. Listeners hear a song late, by their jitter buffer: without
 * the gap, the end of the faded song would be heard at the volume of the next one.
 */
export const songGapMs = 400

/**
 * A change of the volume of songs. Gains are linear, 0 to 1, and not in dB, which has no value for silence. Before `at`
 * the gain is `from`, after the duration it is `to`.
 */
export interface GainRamp {
  /** Begin, ms since the epoch. */
  readonly at: number
  readonly durationMs: number
  readonly from: number
  readonly to: number
}

/**
 * Returns the gain of a ramp at a time, 0 to 1. The square root of the gain changes evenly: a straight line would sound
 * as if most of it happened at the end.
 */
export function rampGain({ at, durationMs, from, to }: GainRamp, nowMs: number): number {
  if (nowMs < at) return from
  if (nowMs >= at + durationMs) return to
  const [first, last] = [Math.sqrt(from), Math.sqrt(to)]
  return (first + ((last - first) * (nowMs - at)) / durationMs) ** 2
}

/**
 * Returns the ramps of the song of a playback, whose product is its gain: the fade that was ordered, and the one before
 * its end. `songFadeMs`: the setting of the show. A short song fades during its second half only.
 */
export function songRamps(playback: Pick<Playback, keyof Playback>, songFadeMs = 0): GainRamp[] {
  const { fade, item, status, positionMs, at } = playback
  const ramps: GainRamp[] = fade ? [fade] : []
  if (songFadeMs === 0 || item?.kind !== 'song' || status === 'stopped') return ramps
  const durationMs = Math.min(songFadeMs, item.durationMs / 2)
  const ending = { at: at + item.durationMs - durationMs - positionMs, durationMs, from: 1, to: 0 }
  if (status === 'playing') return [...ramps, ending]
  const gain = rampGain(ending, at)
  return gain < 1 ? [...ramps, { at, durationMs: 0, from: gain, to: gain }] : ramps
}

/** Returns the gain of songs at a time, 0 to 1: the product of all ramps. */
export function rampsGain(ramps: readonly GainRamp[], nowMs: number): number {
  return ramps.reduce((gain, ramp) => gain * rampGain(ramp, nowMs), 1)
}
