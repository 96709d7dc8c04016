import { union, type Interval } from './intervals.ts'

/** Duration of a window of which the loudness is measured. */
export const windowMs = 100

/** A voice is louder than this (root of the mean square, 0 to 1; about −44 dBFS), or than this above steady noise. */
const [minLoudness, maxNoiseLoudness] = [0.006, 0.02]
const noiseFactor = 3
/** The share of windows that are as quiet as the room. */
const noiseShare = 0.1
/** Pauses between words belong to the speech. */
const maxPauseMs = 700
/** Shorter sounds are no speech: a click, or a chair. */
const minSpeechMs = 200

/**
 * Returns the times of speech of a stint, by the loudness of its windows, in order.
 * @param timeOf returns the server time of the beginning of a window, ms
 */
export function speechOf(loudness: Float32Array | readonly number[], timeOf: (window: number) => number): Interval[] {
  const threshold = thresholdOf(loudness)
  const loud: Interval[] = []
  for (const [window, value] of loudness.entries()) {
    if (value >= threshold) loud.push({ from: Math.floor(timeOf(window)), to: Math.ceil(timeOf(window + 1)) })
  }
  return bridged(loud, maxPauseMs).filter(({ from, to }) => to - from >= minSpeechMs)
}

/** Returns the union of intervals, with pauses up to a length filled. */
export function bridged(intervals: readonly Interval[], maxGapMs: number): Interval[] {
  return union(intervals.map(({ from, to }) => ({ from, to: to + maxGapMs }))).map(({ from, to }) => ({
    from,
    to: to - maxGapMs
  }))
}

function thresholdOf(loudness: Float32Array | readonly number[]): number {
  const sorted = Float32Array.from(loudness).sort()
  const noise = sorted[Math.floor(sorted.length * noiseShare)] ?? 0
  return Math.min(maxNoiseLoudness, Math.max(minLoudness, noise * noiseFactor))
}
