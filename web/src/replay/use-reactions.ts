import { useCallback } from 'react'
import type { ReplayReactions } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { useLoaded } from '../ui/use-loaded.ts'

const none: ReplayReactions = { intervalMs: 0, items: [] }

/** Loads the reactions of a replay. When they cannot be loaded, there are none. */
export function useReactions(showId: string): ReplayReactions {
  const [reactions] = useLoaded(useCallback(async () => await ambient.replays.reactions(showId), [showId]))
  return reactions ?? none
}

/** Returns the number of reactions in the interval of a place. */
export function reactionsAt({ intervalMs, items }: ReplayReactions, ms: number): number {
  return items.find(({ atMs }) => ms >= atMs && ms < atMs + intervalMs)?.count ?? 0
}
