import { difference, intersection, union, widened, type Interval } from './intervals.ts'
import type { ShowLog } from './show-log.ts'

/** A gap in which nothing is heard becomes this short. */
export const gapMs = 2000
/** Speech keeps this much of the time around it. */
const [beforeSpeechMs, afterSpeechMs] = [300, 500]

export interface KeptTimesParts {
  log: ShowLog
  /** Times in which anybody speaks. */
  speech: readonly Interval[]
  /** Whether the song of an item is heard in the replay. */
  isPlayed(songId: string | undefined): boolean
}

/**
 * Returns the times of a show that its replay has: those in which it was recorded. A song that may not be replayed is
 * absent, and where nobody speaks, the gap that it leaves closes to two seconds; so does the time in which the show
 * waited for its creator.
 */
export function keptTimes({ log, speech, isPlayed }: KeptTimesParts): Interval[] {
  const played = log.pieces.filter(({ item }) => isPlayed(item.songId))
  const absent = log.pieces.filter(({ item }) => !isPlayed(item.songId))
  const recorded = union(log.recorded)
  const heard = [...widened(speech, beforeSpeechMs, afterSpeechMs), ...played]
  const silent = difference(intersection([...absent, ...log.interrupted], recorded), heard)
  const leftOut = silent
    .filter(({ from, to }) => to - from > gapMs)
    .map(({ from, to }) => ({ from: from + gapMs / 2, to: to - gapMs / 2 }))
  return difference(recorded, leftOut)
}

/** The part of a show that its creator left after cutting off its beginning and end, server time; null: not cut. */
export interface ReplayCut {
  readonly from: number | null
  readonly to: number | null
}

/** Returns the times that are left after a cut. */
export function cutTimes(kept: readonly Interval[], { from, to }: ReplayCut): Interval[] {
  return intersection(kept, [{ from: from ?? -Infinity, to: to ?? Infinity }])
}
