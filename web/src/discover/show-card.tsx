import type { ReactNode } from 'react'
import { Headphones, Lock, Link2, Play } from 'lucide-react'
import { Link } from 'wouter'
import type { Show } from '../../../client/index.ts'
import type { ListenerSource } from '../../../contract/audience-events.ts'
import { formatCount, formatCounted } from '../format/count.ts'
import { formatDateTime } from '../format/date-time.ts'
import { ShowPicture } from '../ui/show-picture.tsx'
import { foundBy } from '../show/join-source.ts'
import { TagLinks } from './tag-links.tsx'
import styles from './show-card.module.css'

const isLive = ({ status }: Show) => status === 'live' || status === 'interrupted'

interface ShowCardProps {
  show: Show
  /** The way in which the person found the show; the analytics of its creator count it. */
  source?: ListenerSource
  children?: ReactNode
}

/** A show in a list: its cover, creator, title and status, with the number of listeners or its start time. */
export function ShowCard({ show, source = 'discover', children }: ShowCardProps) {
  const { id, title, creator, tags } = show
  return (
    <li className={`${styles.card} ${isLive(show) ? styles.live : ''}`}>
      <div className={show.coverUrl ? styles.cover : styles.avatar}>
        <ShowPicture show={show} size={isLive(show) ? 'large' : 'medium'} />
      </div>
      <div className={styles.text}>
        <ShowStatusLine show={show} />
        {/* The link covers the whole card; other controls are above it. */}
        <Link href={`/shows/${id}`} state={foundBy(source)} className={styles.title ?? ''}>
          {title}
        </Link>
        <Link href={`/users/${creator.id}`} className={styles.creator ?? ''}>
          {creator.displayName}
        </Link>
        <TagLinks tags={tags} />
      </div>
      {children && <div className={styles.actions}>{children}</div>}
    </li>
  )
}

function ShowStatusLine({ show }: { show: Show }) {
  const { status, startsAt, endedAt, listenerCount, totalListeners } = show
  if (status === 'ended') {
    return (
      <span className={styles.status}>
        <span>
          {endedAt && formatDateTime(endedAt)} · {formatCounted(totalListeners, 'listener', 'listeners')}
        </span>
        {show.hasReplay && (
          <span className={styles.detail}>
            <Play size={16} aria-hidden='true' />
            Replay
          </span>
        )}
      </span>
    )
  }
  if (status === 'scheduled') {
    return (
      <span className={styles.status}>
        <Visibility show={show} />
        {startsAt ? <time dateTime={startsAt}>{formatDateTime(startsAt)}</time> : 'No start time yet'}
      </span>
    )
  }
  return (
    <span className={styles.status}>
      <Visibility show={show} />
      <span className={styles.onAir}>
        <span className={styles.dot} aria-hidden='true' />
        {status === 'live' ? 'Live' : 'Back soon'}
      </span>
      <span className={styles.detail}>
        <Headphones size={16} aria-hidden='true' />
        {formatCount(listenerCount)}
        <span className='visually-hidden'> listening</span>
      </span>
    </span>
  )
}

/** Marks a show that is not public. Only its creator sees such a show in a list. */
function Visibility({ show: { visibility } }: { show: Show }) {
  if (visibility === 'public') return null
  const [Icon, label] = visibility === 'private' ? ([Lock, 'Private'] as const) : ([Link2, 'Unlisted'] as const)
  return (
    <span className={styles.detail}>
      <Icon size={16} aria-hidden='true' />
      {label}
    </span>
  )
}
