import { useEffect, useState } from 'react'
import type { ShowRoom } from '../../../client/index.ts'
import styles from './floating-reactions.module.css'
import { useMediaQuery } from './use-media-query.ts'

interface Float {
  id: number
  emoji: string
  count: number
  side: number
}

const showAtMost = 24
const restMs = 2600
let made = 0

/** What people feel, going by; for the eye only. It stands still for who wants no motion. */
export function FloatingReactions({ show }: { show: ShowRoom }) {
  const [floats, setFloats] = useState<Float[]>([])
  const still = useMediaQuery('(prefers-reduced-motion: reduce)')

  useEffect(
    () =>
      show.onReactions(counts => {
        const news = Object.entries(counts).map(([emoji, count]) => ({ id: ++made, emoji, count, side: Math.random() }))
        const ids = new Set(news.map(({ id }) => id))
        setFloats(before => [...before, ...news].slice(-showAtMost))
        // Timed here and not by the animation's end, which never comes in a hidden tab or without motion.
        setTimeout(() => setFloats(before => before.filter(({ id }) => !ids.has(id))), restMs)
      }),
    [show]
  )

  return (
    <div className={still ? styles.still : styles.floating} aria-hidden='true'>
      {(still ? summed(floats) : floats).map(({ id, emoji, count, side }) => (
        <span key={id} className={styles.float} style={{ '--side': side }}>
          {emoji}
          {count > 1 && <b className={styles.count}>{count}</b>}
        </span>
      ))}
    </div>
  )
}

/** One of each, with how many. */
function summed(floats: readonly Float[]): Float[] {
  const sums = new Map<string, Float>()
  for (const float of floats) {
    sums.set(float.emoji, { ...float, count: float.count + (sums.get(float.emoji)?.count ?? 0) })
  }
  return [...sums.values()]
}
