import { useEffect, useRef } from 'react'
import type { CommentsView } from '../../../client/index.ts'
import { commentKey } from './comment-key.ts'

/** Counts the comments by others since the newest was last visible. Comments from before joining are not counted. */
export function useUnreadCount({ list, history }: CommentsView, userId: string, isLooking: boolean): number {
  /** The key of the last comment seen; empty when there was none, null until the history is known. */
  const seen = useRef<string | null>(null)
  const last = list.findLast(({ state }) => state === 'sent')
  const key = last ? commentKey(last) : ''
  const isFirst = seen.current === null && history === 'idle'

  useEffect(() => {
    if (isLooking || isFirst) seen.current = key
  }, [key, isLooking, isFirst])

  if (isLooking || isFirst || seen.current === null) return 0
  const seenIndex = list.findIndex(comment => commentKey(comment) === seen.current)
  // The last comment seen may have been deleted; then the count is unknown.
  if (seenIndex < 0 && seen.current !== '') return 0
  return list.slice(seenIndex + 1).filter(({ author, state }) => author.id !== userId && state === 'sent').length
}
