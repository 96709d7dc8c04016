import { useEffect, useState, type ReactNode } from 'react'
import { Headphones } from 'lucide-react'
import type { RoomView, Show } from '../../../client/index.ts'
import { formatCount } from '../format/count.ts'
import { formatClock } from '../format/duration.ts'
import { ShareButton } from './share-button.tsx'
import styles from './show-header.module.css'

/**
 * The header of a live show: status, time on air, number of listeners, title and description, with controls at its end.
 */
export function ShowHeader({
  view,
  show: { id, startedAt, visibility },
  children
}: {
  view: RoomView
  show: Show
  children?: ReactNode
}) {
  const { room, listenerCount } = view
  if (!room) return null
  return (
    <div className={styles.header}>
      <div className={styles.statusRow}>
        <span className={room.status === 'live' ? styles.onAir : styles.waiting}>
          {room.status === 'live' ? 'On air' : 'Waiting'}
        </span>
        {room.recording && <span className={styles.recording}>Recording</span>}
        {startedAt && <Clock sinceMs={Date.parse(startedAt) - view.clockOffsetMs} />}
        <span className={styles.listeners}>
          <Headphones size={18} aria-hidden='true' />
          {formatCount(listenerCount)}
          <span className='visually-hidden'> listening</span>
        </span>
        <span className={styles.actions}>
          {visibility !== 'private' && <ShareButton showId={id} title={room.title} variant='quiet' />}
          {children}
        </span>
      </div>
      <h1>{room.title}</h1>
      {room.description && <p className={styles.description}>{room.description}</p>}
    </div>
  )
}

function Clock({ sinceMs }: { sinceMs: number }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return <time className={styles.clock}>{formatClock(now - sinceMs)}</time>
}
