import { useEffect, useRef, useState } from 'react'
import type { CommentsView } from '../../../client/index.ts'
import { keyOf } from './comment-key.ts'

/** One is said in such a time at most: who listens to a show can't listen to every comment. */
const pauseMs = 6000

/** Says new comments of others to a screen reader, politely: one, or how many came meanwhile and the last of them. */
export function Announcer({ comments: { list, history }, userId }: { comments: CommentsView; userId: string }) {
  const [words, setWords] = useState('')
  const [resting, setResting] = useState(false)
  /** The last that is said or was there before; empty for none, null until it is known what was. */
  const said = useRef<string | null>(null)

  useEffect(() => {
    if (resting || (said.current === null && history !== 'idle')) return
    const others = list.filter(({ author, state }) => author.id !== userId && state === 'sent')
    const last = others.at(-1)
    const since = said.current === '' ? -1 : others.findIndex(comment => keyOf(comment) === said.current)
    // Where it can't be told what is new, nothing is; it is there to be read.
    const isKnown = said.current === '' || since >= 0
    const news = others.length - 1 - since
    said.current = last ? keyOf(last) : ''
    if (!last || !isKnown || news === 0) return
    setWords(`${news > 1 ? `${news} comments. ` : ''}${last.author.displayName}: ${last.text}`)
    setResting(true)
  }, [list, history, userId, resting])

  useEffect(() => {
    if (!resting) return
    const timer = setTimeout(() => setResting(false), pauseMs)
    return () => clearTimeout(timer)
  }, [resting])

  return (
    <p className='visually-hidden' aria-live='polite'>
      {words}
    </p>
  )
}
