import type { Playback } from '../../contract/playback.ts'

/** Minimum time an item plays: a repeated list of empty items would change without end. */
const minItemMs = 250

/** When the item that plays ends, by the server's clock; Infinity when none plays. */
export function endOf({ status, item, positionMs, at }: Playback): number {
  return status === 'playing' && item ? at + Math.max(item.durationMs, minItemMs) - positionMs : Infinity
}
