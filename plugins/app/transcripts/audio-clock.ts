import { samplesPerMs } from '../../../media/player/opus-packet.ts'
import { lastIndexUpTo } from '../recordings/last-index-up-to.ts'
import type { StoredStint } from '../recordings/stored-recordings.ts'
import type { SpokenPlace } from './spoken-audio.ts'

/** In this time, a sound card drifts by a few ms. */
const maxStretchSamples = 60_000 * samplesPerMs

/** A place in the audio of a transcriber, ms, and the server's time there. Time goes on evenly from it. */
export type ClockPoint = [audioMs: number, atMs: number]

/** Returns the server's time at a number of samples of a recording: between two marks, in proportion. */
export function serverTimeOf(samples: number, marks: StoredStint['marks']): number {
  const index = Math.max(
    0,
    lastIndexUpTo(marks, samples, mark => mark.samples)
  )
  const [before, after] = [marks[index], marks[index + 1]]
  if (!before) throw new Error('a stint has no marks')
  const further = samples - before.samples
  if (!after || further < 0) return before.atMs + further / samplesPerMs
  return before.atMs + (further * (after.atMs - before.atMs)) / (after.samples - before.samples)
}

/** Returns the points that place the audio without pauses on the server's clock. */
export function clockOf(
  places: readonly SpokenPlace[],
  totalSamples: number,
  marks: StoredStint['marks']
): ClockPoint[] {
  const points: ClockPoint[] = []
  for (const [n, { spoken, original }] of places.entries()) {
    const end = places[n + 1]?.spoken ?? totalSamples
    for (let at = spoken; at === spoken || at < end; at += maxStretchSamples) {
      const atMs = serverTimeOf(original + at - spoken, marks)
      points.push([Math.round(at / samplesPerMs), Math.round(atMs)])
    }
  }
  return points
}

/** Returns the server's time at a place of a transcriber's audio. */
export function placeOnClock(audioMs: number, clock: readonly ClockPoint[]): number {
  const [fromMs, atMs] = clock[
    Math.max(
      0,
      lastIndexUpTo(clock, audioMs, ([ms]) => ms)
    )
  ] ?? [0, 0]
  return Math.round(atMs + audioMs - fromMs)
}
