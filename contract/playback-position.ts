import type { Playback } from './playback.ts'

// Apart from the schemas, which clients need not load.

/** Where an item is at this moment, ms from its beginning; it doesn't run past its end. */
export function positionAt({ status, item, positionMs, at }: Playback, nowMs: number): number {
  if (status !== 'playing' || !item) return positionMs
  return Math.min(positionMs + Math.max(0, nowMs - at), item.durationMs)
}
