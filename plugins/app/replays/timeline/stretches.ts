import type { ReplayStretch } from '../../../../contract/replays.ts'
import { union, type Interval } from './intervals.ts'
import { lastIndexUpTo } from '../../recordings/last-index-up-to.ts'

/** Returns the stretches of a replay that has these times of a show, one after the other. */
export function stretchesOf(kept: readonly Interval[]): ReplayStretch[] {
  let atMs = 0
  return union(kept).map(({ from, to }) => {
    const stretch = { atMs, durationMs: to - from, showAt: from }
    atMs += to - from
    return stretch
  })
}

/** Returns the duration of a replay, ms. */
export function durationOf(stretches: readonly ReplayStretch[]): number {
  const last = stretches.at(-1)
  return last ? last.atMs + last.durationMs : 0
}

/** Returns the place of a server time. A time that was left out has the place where the replay goes on after it. */
export function placeOf(stretches: readonly ReplayStretch[], showMs: number): number {
  const index = lastIndexUpTo(stretches, showMs, ({ showAt }) => showAt)
  const stretch = stretches[index]
  return stretch ? stretch.atMs + Math.min(stretch.durationMs, showMs - stretch.showAt) : 0
}

/** Returns the server time of a place; the last one of the replay for a place behind its end, 0 for an empty one. */
export function showTimeOf(stretches: readonly ReplayStretch[], atMs: number): number {
  const stretch =
    stretches[
      Math.max(
        0,
        lastIndexUpTo(stretches, atMs, candidate => candidate.atMs)
      )
    ]
  return stretch ? stretch.showAt + Math.min(stretch.durationMs, Math.max(0, atMs - stretch.atMs)) : 0
}

/** Returns the places of times of a show as one interval of the replay for each that is heard, in order. */
export function placesOf(stretches: readonly ReplayStretch[], times: readonly Interval[]): Interval[] {
  return union(times.map(({ from, to }) => ({ from: placeOf(stretches, from), to: placeOf(stretches, to) })))
}

/** Returns the times of a show that a replay has. */
export function timesOf(stretches: readonly ReplayStretch[]): Interval[] {
  return stretches.map(({ showAt, durationMs }) => ({ from: showAt, to: showAt + durationMs }))
}
