import type { EndReason } from '../../contract/shows.ts'

/** The reason and the time (ms since the epoch) of the end of a show. */
export interface ShowEnd {
  reason: EndReason
  at: number
}

/** Number of ends remembered. */
const maxEnds = 1000

/**
 * The ends of the last shows. They are remembered for longer than the store takes to record them, because a caller may
 * still use a show that it read before.
 */
export interface RecentEnds {
  find(showId: string): ShowEnd | undefined
  add(showId: string, end: ShowEnd): void
}

export function createRecentEnds(): RecentEnds {
  const ends = new Map<string, ShowEnd>()
  return {
    find: showId => ends.get(showId),
    add(showId, end) {
      ends.set(showId, end)
      const [oldest] = ends.keys()
      if (ends.size > maxEnds && oldest !== undefined) ends.delete(oldest)
    }
  }
}
