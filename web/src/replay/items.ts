import type { ReplayItem } from '../../../client/index.ts'

/** A card is shown at least this long, also where the music was cut to a short pause. */
const minCardMs = 6000

/** Returns the index of the song or card to show at a place; -1 when there is none. */
export function itemIndexAt(items: readonly ReplayItem[], ms: number): number {
  return items.findLastIndex(({ atMs, durationMs, played }) => {
    const shownMs = played ? durationMs : Math.max(minCardMs, durationMs)
    return ms >= atMs && ms < atMs + shownMs
  })
}
