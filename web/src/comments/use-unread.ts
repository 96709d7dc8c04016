import { useEffect, useRef } from 'react'
import type { CommentsView } from '../../../client/index.ts'
import { keyOf } from './comment-key.ts'

/** How many comments of others came since one last looked at the newest; what was said before one came is not counted. */
export function useUnread({ list, history }: CommentsView, userId: string, isLooking: boolean): number {
  /** The last that was looked at; empty for none, null until it is known what was said before. */
  const seen = useRef<string | null>(null)
  const last = list.findLast(({ state }) => state === 'sent')
  const key = last ? keyOf(last) : ''
  const isFirst = seen.current === null && history === 'idle'

  useEffect(() => {
    if (isLooking || isFirst) seen.current = key
  }, [key, isLooking, isFirst])

  if (isLooking || isFirst || seen.current === null) return 0
  const from = list.findIndex(comment => keyOf(comment) === seen.current)
  // What was seen last may be deleted by now; then nobody can tell.
  if (from < 0 && seen.current !== '') return 0
  return list.slice(from + 1).filter(({ author, state }) => author.id !== userId && state === 'sent').length
}
