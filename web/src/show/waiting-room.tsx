import { useEffect, useState } from 'react'
import type { Show } from '../../../client/index.ts'
import { ReminderControls } from '../discover/reminder-controls.tsx'
import { TagLinks } from '../discover/tag-links.tsx'
import { formatDateTime } from '../format/date-time.ts'
import { formatClock } from '../format/duration.ts'
import { CreatorSupportLinks } from '../people/creator-support-links.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { ShareButton } from './share-button.tsx'
import styles from './waiting-room.module.css'

const dayMs = 86_400_000

/** The page of a scheduled show for everyone but its creator. It opens by itself when the show starts. */
export function WaitingRoom({ show }: { show: Show }) {
  const { id, title, description, creator, startsAt, visibility } = show
  return (
    <section className={styles.room}>
      <title>{`${title} · Ambient`}</title>
      <div className={styles.avatar}>
        <Avatar id={creator.id} name={creator.displayName} avatarUrl={creator.avatarUrl} />
      </div>
      <h1>{title}</h1>
      <p className={styles.details}>
        with {creator.displayName}
        {startsAt && ` · ${formatDateTime(startsAt)}`}
      </p>
      {startsAt && <Countdown untilMs={Date.parse(startsAt)} />}
      <p role='status'>{creator.displayName} hasn’t started yet. Stay here, and the show will open when it starts.</p>
      {description && <p className={styles.description}>{description}</p>}
      <TagLinks tags={show.tags} />
      <div className={styles.buttons}>
        {visibility !== 'private' && <ShareButton showId={id} title={title} />}
        <ReminderControls show={show} />
      </div>
      <CreatorSupportLinks creator={creator} />
    </section>
  )
}

/** Counts down to the start. It is not announced to screen readers: the start time is in the text above. */
function Countdown({ untilMs }: { untilMs: number }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  const leftMs = Math.ceil((untilMs - now) / 1000) * 1000
  if (leftMs <= 0) return <p className={styles.countdown}>Any moment now</p>
  return (
    <p className={styles.countdown} role='timer' aria-live='off'>
      {formatCountdown(leftMs)}
    </p>
  )
}

/** Formats a countdown as `2 d 03:04:05`, without the days on the last one. */
function formatCountdown(leftMs: number): string {
  const days = Math.floor(leftMs / dayMs)
  return days > 0 ? `${days} d ${formatClock(leftMs % dayMs)}` : formatClock(leftMs)
}
