import { useEffect, useState } from 'react'
import type { ReplayReactions } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'

const none: ReplayReactions = { intervalMs: 0, items: [] }

/** Loads the reactions of a replay. When they cannot be loaded, there are none. */
export function useReactions(showId: string): ReplayReactions {
  const [reactions, setReactions] = useState(none)
  useEffect(() => {
    let isCurrent = true
    ambient.replays.reactions(showId).then(
      loaded => {
        if (isCurrent) setReactions(loaded)
      },
      () => {}
    )
    return () => {
      isCurrent = false
    }
  }, [showId])
  return reactions
}

/** Returns the number of reactions in the interval of a place. */
export function reactionsAt({ intervalMs, items }: ReplayReactions, ms: number): number {
  return items.find(({ atMs }) => ms >= atMs && ms < atMs + intervalMs)?.count ?? 0
}
