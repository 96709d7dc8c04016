import type { ReactNode } from 'react'
import { Headphones, Lock, Link2 } from 'lucide-react'
import { Link } from 'wouter'
import type { Show } from '../../../client/index.ts'
import { Portrait } from './portrait.tsx'
import { whenText } from './when.ts'
import styles from './show-card.module.css'

const isLive = ({ status }: Show) => status === 'live' || status === 'interrupted'

/** A show as one finds it: who hosts, what it is called, and how many listen, when it begins, or how it was. */
export function ShowCard({ show, children }: { show: Show; children?: ReactNode }) {
  const { id, title, creator } = show
  return (
    <li className={`${styles.card} ${isLive(show) ? styles.live : ''}`}>
      <div className={styles.face}>
        <Portrait
          id={creator.id}
          name={creator.displayName}
          avatarUrl={creator.avatarUrl}
          size={isLive(show) ? 'big' : 'medium'}
        />
      </div>
      <div className={styles.text}>
        <Standing show={show} />
        {/* The link reaches over the whole card; what else can be pressed lies above it. */}
        <Link href={`/shows/${id}`} className={styles.title ?? ''}>
          {title}
        </Link>
        <Link href={`/users/${creator.id}`} className={styles.by ?? ''}>
          {creator.displayName}
        </Link>
      </div>
      {children && <div className={styles.actions}>{children}</div>}
    </li>
  )
}

function Standing({ show }: { show: Show }) {
  const { status, startsAt, endedAt, listenerCount, totalListeners } = show
  if (status === 'ended') {
    return (
      <span className={styles.standing}>
        {endedAt && whenText(endedAt)} · {totalListeners} listened
      </span>
    )
  }
  if (status === 'scheduled') {
    return (
      <span className={styles.standing}>
        <Visibility show={show} />
        {startsAt ? <time dateTime={startsAt}>{whenText(startsAt)}</time> : 'Not planned yet'}
      </span>
    )
  }
  return (
    <span className={styles.standing}>
      <Visibility show={show} />
      <span className={styles.onAir}>
        <span className={styles.dot} aria-hidden='true' />
        {status === 'live' ? 'Live' : 'Back soon'}
      </span>
      <span className={styles.count}>
        <Headphones size={16} aria-hidden='true' />
        {listenerCount}
        <span className='visually-hidden'> listening</span>
      </span>
    </span>
  )
}

/** Only its creator finds a show that not everybody may find; here they see that it is so. */
function Visibility({ show: { visibility } }: { show: Show }) {
  if (visibility === 'public') return null
  const [Icon, words] = visibility === 'private' ? ([Lock, 'Private'] as const) : ([Link2, 'By link only'] as const)
  return (
    <span className={styles.count}>
      <Icon size={16} aria-hidden='true' />
      {words}
    </span>
  )
}
