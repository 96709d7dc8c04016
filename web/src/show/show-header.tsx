import { useEffect, useState, type ReactNode } from 'react'
import type { RoomView, Show, ShowRoom } from '../../../client/index.ts'
import { TagLinks } from '../discover/tag-links.tsx'
import { formatClock } from '../format/duration.ts'
import { Cover } from '../ui/show-picture.tsx'
import { ListenerCount } from './listener-count.tsx'
import { ShareButton } from './share-button.tsx'
import styles from './show-header.module.css'

/**
 * The header of a live show: status, time on air, number of listeners, cover, title and description, with controls at
 * its end.
 */
export function ShowHeader({
  view,
  room,
  show: { id, startedAt, visibility },
  children
}: {
  view: RoomView
  room: ShowRoom
  show: Show
  children?: ReactNode
}) {
  if (!view.room) return null
  const { status, recording, title, description, tags, coverUrl } = view.room
  return (
    <div className={styles.header}>
      <div className={styles.statusRow}>
        <span className={status === 'live' ? styles.onAir : styles.waiting}>
          {status === 'live' ? 'On air' : 'Waiting'}
        </span>
        {recording && <span className={styles.recording}>Recording</span>}
        {startedAt && <Clock sinceMs={Date.parse(startedAt) - view.clockOffsetMs} />}
        <ListenerCount view={view} room={room} />
        <span className={styles.actions}>
          {visibility !== 'private' && <ShareButton showId={id} title={title} variant='quiet' />}
          {children}
        </span>
      </div>
      <div className={styles.topic}>
        {coverUrl && <Cover url={coverUrl} size='small' />}
        <h1>{title}</h1>
      </div>
      {description && <p className={styles.description}>{description}</p>}
      <TagLinks tags={tags} />
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
