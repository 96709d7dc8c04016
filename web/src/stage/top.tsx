import { useEffect, useState, type ReactNode } from 'react'
import { Headphones } from 'lucide-react'
import type { RoomView, Show } from '../../../client/index.ts'
import { Share } from './share.tsx'
import styles from './top.module.css'

/** The title, whether it is on air and since when, how many listen, and what else can be done with the show. */
export function Top({
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
    <div className={styles.top}>
      <div className={styles.line}>
        <span className={room.status === 'live' ? styles.onAir : styles.off}>
          {room.status === 'live' ? 'On air' : 'Waiting'}
        </span>
        {startedAt && <Clock since={Date.parse(startedAt) - view.clockOffsetMs} />}
        <span className={styles.count}>
          <Headphones size={18} aria-hidden='true' />
          {listenerCount}
          <span className='visually-hidden'> listening</span>
        </span>
        <span className={styles.tools}>
          {visibility !== 'private' && <Share showId={id} title={room.title} kind='quiet' />}
          {children}
        </span>
      </div>
      <h1>{room.title}</h1>
      {room.description && <p className={styles.about}>{room.description}</p>}
    </div>
  )
}

function Clock({ since }: { since: number }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.max(0, Math.floor((now - since) / 1000))
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return <time className={styles.clock}>{parts.map(part => String(part).padStart(2, '0')).join(':')}</time>
}
