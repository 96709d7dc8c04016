import { useEffect, useRef, useState } from 'react'
import type { ShownComment } from '../../../client/index.ts'
import { keyOf } from './comment-key.ts'

/** One is said in such a time at most: who listens to a show can't listen to every comment. */
const pauseMs = 6000

/** Says new comments of others to a screen reader, politely: one, or how many came meanwhile and the last of them. */
export function Announcer ({ list, userId }: { list: readonly ShownComment[], userId: string }) {
  const [words, setWords] = useState('')
  const [resting, setResting] = useState(false)
  const said = useRef<string | null>(null)

  useEffect(() => {
    if (resting) return
    const others = list.filter(({ author, state }) => author.id !== userId && state === 'sent')
    const last = others.at(-1)
    if (!last) return
    const since = others.findIndex(comment => keyOf(comment) === said.current)
    const news = others.length - 1 - since
    const first = said.current === null
    said.current = keyOf(last)
    // What was said before one came, or is not known to be new, is for reading.
    if (first || since < 0 || news === 0) return
    setWords(`${news > 1 ? `${news} comments. ` : ''}${last.author.displayName}: ${last.text}`)
    setResting(true)
  }, [list, userId, resting])

  useEffect(() => {
    if (!resting) return
    const timer = setTimeout(() => setResting(false), pauseMs)
    return () => clearTimeout(timer)
  }, [resting])

  return <p className='visually-hidden' aria-live='polite'>{words}</p>
}
