import { useEffect, useRef, useState } from 'react'
import type { CommentsView } from '../../../client/index.ts'
import { commentKey } from './comment-key.ts'

/** Minimum time between two announcements: a screen reader user who listens to a show cannot follow every comment. */
const pauseMs = 6000

/** A polite live region that announces new comments by others: one, or their number and the last of them. */
export function CommentAnnouncer({ comments: { list, history }, userId }: { comments: CommentsView; userId: string }) {
  const [message, setMessage] = useState('')
  const [isPausing, setIsPausing] = useState(false)
  /** The key of the last comment announced or from before joining; empty for none, null until the history is known. */
  const announced = useRef<string | null>(null)

  useEffect(() => {
    if (isPausing || (announced.current === null && history !== 'idle')) return
    const others = list.filter(({ author, state }) => author.id !== userId && state === 'sent')
    const last = others.at(-1)
    const announcedIndex =
      announced.current === '' ? -1 : others.findIndex(comment => commentKey(comment) === announced.current)
    // When the last announced comment was deleted, it is unknown what is new, and nothing is announced.
    const isKnown = announced.current === '' || announcedIndex >= 0
    const newCount = others.length - 1 - announcedIndex
    announced.current = last ? commentKey(last) : ''
    if (!last || !isKnown || newCount === 0) return
    setMessage(`${newCount > 1 ? `${newCount} comments. ` : ''}${last.author.displayName}: ${last.text}`)
    setIsPausing(true)
  }, [list, history, userId, isPausing])

  useEffect(() => {
    if (!isPausing) return
    const timer = setTimeout(() => setIsPausing(false), pauseMs)
    return () => clearTimeout(timer)
  }, [isPausing])

  return (
    <p className='visually-hidden' aria-live='polite'>
      {message}
    </p>
  )
}
