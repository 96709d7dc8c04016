import { Link } from 'wouter'
import type { ShowNumbers } from '../../../contract/analytics.ts'
import { formatCount } from '../format/count.ts'
import { formatDateTime } from '../format/date-time.ts'
import { formatKnown } from './listener-plot.tsx'
import { formatLength, formatShare } from './summaries.ts'
import styles from './page.module.css'

/** A show in the list of a creator: its main numbers, and its listeners as a bar beside those of the other shows. */
export function ShowOverview({ show, maxListeners }: { show: ShowNumbers; maxListeners: number }) {
  const { showId, title, status, startedAt, durationMs, listeners, returnRate } = show
  const isRunning = status === 'live' || status === 'interrupted'
  const facts = [
    ['listeners', formatKnown(listeners)],
    ['at the peak', formatKnown(show.peak)],
    ['on average', formatKnown(show.average === null ? null : Math.round(show.average))],
    ['regulars', returnRate === null ? '–' : formatShare(returnRate)],
    ['comments', formatCount(show.comments)],
    ['reactions', formatKnown(show.reactions)],
    ['new followers', formatCount(show.followersGained)]
  ] as const
  return (
    <li className={styles.show}>
      <div>
        <Link href={`/shows/${showId}/numbers`} className={styles.title ?? ''}>
          {title}
          <span className='visually-hidden'>, numbers</span>
        </Link>
        <p className={styles.timing}>
          {isRunning && (
            <span className={styles.live}>
              <span className={styles.dot} aria-hidden='true' />
              Live
            </span>
          )}
          <span>
            {formatDateTime(startedAt)} · {formatLength(durationMs)}
          </span>
        </p>
      </div>
      {listeners !== null && (
        <div className={styles.track} aria-hidden='true'>
          <div className={styles.bar} style={{ width: `${(listeners / maxListeners) * 100}%` }} />
        </div>
      )}
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </li>
  )
}
