import type { Delivery } from './delivery.ts'
import { createShowBatches } from './show-batches.ts'

/** Minimum time between two messages of a show, however many react. */
const intervalMs = 250

/** Counts reactions and broadcasts how many there were of each emoji. */
export interface ReactionCounter {
  add(showId: string, emoji: string, count?: number): void
  flush(showId: string): void
  close(): void
}

export interface ReactionCounterParts extends Pick<Delivery, 'toShow'> {
  /** Called with the number of reactions in each message. */
  onCounted?(showId: string, count: number): void
}

export function createReactionCounter({ toShow, onCounted }: ReactionCounterParts): ReactionCounter {
  const batches = createShowBatches(
    intervalMs,
    () => new Map<string, number>(),
    (showId, counts) => {
      onCounted?.(
        showId,
        [...counts.values()].reduce((sum, count) => sum + count, 0)
      )
      toShow(showId, 'reactions', { counts: Object.fromEntries(counts) })
    }
  )

  return {
    add(showId, emoji, count = 1) {
      const counts = batches.of(showId)
      counts.set(emoji, (counts.get(emoji) ?? 0) + count)
    },
    flush: batches.flush,
    close: batches.close
  }
}
