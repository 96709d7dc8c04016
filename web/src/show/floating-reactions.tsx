import { useEffect, useState } from 'react'
import type { ShowRoom } from '../../../client/index.ts'
import { useMediaQuery } from '../ui/use-media-query.ts'
import styles from './floating-reactions.module.css'

interface FloatingReaction {
  id: number
  emoji: string
  count: number
  /** Horizontal position, 0 to 1. */
  side: number
}

const maxShown = 24
const shownMs = 2600
let lastId = 0

/**
 * Reactions floating up the screen, hidden from screen readers. With reduced motion they stand still, added up per
 * emoji.
 */
export function FloatingReactions({ show }: { show: ShowRoom }) {
  const [reactions, setReactions] = useState<FloatingReaction[]>([])
  const isStill = useMediaQuery('(prefers-reduced-motion: reduce)')

  useEffect(
    () =>
      show.onReactions(counts => {
        const added = Object.entries(counts).map(([emoji, count]) => ({
          id: ++lastId,
          emoji,
          count,
          side: Math.random()
        }))
        const addedIds = new Set(added.map(({ id }) => id))
        setReactions(shown => [...shown, ...added].slice(-maxShown))
        // A timer, since the end of the animation is never reported in a hidden tab or without motion.
        setTimeout(() => setReactions(shown => shown.filter(({ id }) => !addedIds.has(id))), shownMs)
      }),
    [show]
  )

  return (
    <div className={isStill ? styles.still : styles.floating} aria-hidden='true'>
      {(isStill ? sumByEmoji(reactions) : reactions).map(({ id, emoji, count, side }) => (
        <span key={id} className={styles.float} style={{ '--side': side }}>
          {emoji}
          {count > 1 && <b className={styles.count}>{count}</b>}
        </span>
      ))}
    </div>
  )
}

function sumByEmoji(reactions: readonly FloatingReaction[]): FloatingReaction[] {
  const sums = new Map<string, FloatingReaction>()
  for (const reaction of reactions) {
    sums.set(reaction.emoji, { ...reaction, count: reaction.count + (sums.get(reaction.emoji)?.count ?? 0) })
  }
  return [...sums.values()]
}
