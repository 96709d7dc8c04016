import { useEffect, useRef } from 'react'
import type { ShownComment } from '../../../client/index.ts'
import { keyOf } from './comment-key.ts'

/** How many comments of others came since one last looked at the newest. */
export function useUnread (list: readonly ShownComment[], userId: string, isLooking: boolean): number {
  const seen = useRef<string | null>(null)
  const last = list.findLast(({ state }) => state === 'sent')
  const key = last ? keyOf(last) : null

  useEffect(() => {
    if (isLooking || seen.current === null) seen.current = key
  }, [key, isLooking])

  if (isLooking || seen.current === null) return 0
  const from = list.findIndex(comment => keyOf(comment) === seen.current)
  // What was seen last may be deleted by now; then nobody can tell.
  return from < 0 ? 0 : list.slice(from + 1).filter(({ author }) => author.id !== userId).length
}
