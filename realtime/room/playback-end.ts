import type { Playback } from '../../contract/playback.ts'

/** Minimum time an item plays: a repeated list of empty items would change without end. */
const minItemMs = 250

/** Returns the time at which the item that plays ends or has faded out, ms since the epoch; Infinity without one. */
export function endOf({ status, item, positionMs, at, fade }: Playback): number {
  if (status !== 'playing' || !item) return Infinity
  const itemEnd = at + Math.max(item.durationMs, minItemMs) - positionMs
  return fade?.then ? Math.min(itemEnd, fade.at + fade.durationMs) : itemEnd
}
