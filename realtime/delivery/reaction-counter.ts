import type { Delivery } from './delivery.ts'
import { createShowBatches } from './show-batches.ts'

/** At most one message per show in this time, however many react. */
const tickMs = 250

/** Counts reactions and tells how many there were of each. */
export interface ReactionCounter {
  add(showId: string, emoji: string): void
  flush(showId: string): void
  close(): void
}

export function createReactionCounter({ toCrowd }: Pick<Delivery, 'toCrowd'>): ReactionCounter {
  const batches = createShowBatches(
    tickMs,
    () => new Map<string, number>(),
    (showId, counts) => toCrowd(showId, 'reactions', { counts: Object.fromEntries(counts) })
  )

  return {
    add(showId, emoji) {
      const counts = batches.of(showId)
      counts.set(emoji, (counts.get(emoji) ?? 0) + 1)
    },
    flush: batches.flush,
    close: batches.close
  }
}
