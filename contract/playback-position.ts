import type { Playback } from './playback.ts'

// Separate from the schemas, so that clients can use it without loading them.

/** Returns the position of the current item at this time, ms from its beginning; at most its duration. */
export function positionAt({ status, item, positionMs, at }: Playback, nowMs: number): number {
  if (status !== 'playing' || !item) return positionMs
  return Math.min(positionMs + Math.max(0, nowMs - at), item.durationMs)
}
