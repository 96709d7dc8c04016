import type { ShowAnalytics } from '../../../contract/analytics.ts'
import { formatDateTime } from '../format/date-time.ts'
import { formatLength } from './summaries.ts'
import styles from './page.module.css'

/** The start and duration of the show, and whether it still runs. */
export function ShowTiming({ analytics, isRunning }: { analytics: ShowAnalytics; isRunning: boolean }) {
  const { startedAt, durationMs } = analytics
  if (startedAt === null) return null
  return (
    <p className={styles.timing}>
      {isRunning && (
        <span className={styles.live}>
          <span className={styles.dot} aria-hidden='true' />
          {analytics.status === 'live' ? 'Live' : 'Interrupted'}
        </span>
      )}
      <span>
        {formatDateTime(startedAt)} · {formatLength(durationMs)}
        {isRunning && ' so far'}
      </span>
    </p>
  )
}
