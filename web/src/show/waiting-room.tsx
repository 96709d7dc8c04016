import { useEffect, useState } from 'react'
import type { Show } from '../../../client/index.ts'
import { BackstageInvitation } from '../backstage/backstage-invitation.tsx'
import { ReminderControls } from '../discover/reminder-controls.tsx'
import { TagLinks } from '../discover/tag-links.tsx'
import { formatDateTimeInText } from '../format/date-time.ts'
import { formatClock } from '../format/duration.ts'
import { CreatorSupportLinks } from '../people/creator-support-links.tsx'
import { ShowPicture } from '../ui/show-picture.tsx'
import { repeatText } from '../schedule/repeat-text.ts'
import { OwnPlannedShow } from './own-planned-show.tsx'
import { ShareButton } from './share-button.tsx'
import styles from './waiting-room.module.css'

const dayMs = 86_400_000

interface WaitingRoomProps {
  show: Show
  /** Opens the green room, for the creator. */
  onGetReady?: () => void
  /** Opens the stage before the show starts, for invited people. */
  onBackstage?: () => void
}

/** The page of a scheduled show. The show opens in it by itself when it starts. */
export function WaitingRoom({ show, onGetReady, onBackstage }: WaitingRoomProps) {
  const { id, title, description, creator, startsAt, visibility } = show
  return (
    <section className={styles.room}>
      <title>{`${title} · Ambient`}</title>
      <ShowPicture show={show} size='page' />
      <h1>{title}</h1>
      <p className={styles.details}>with {creator.displayName}</p>
      {startsAt && (
        <p className={styles.planned}>
          <time dateTime={startsAt}>{plannedFor(startsAt)}</time>
          {show.series && ` · ${repeatText(show.series)}`}
        </p>
      )}
      {startsAt && <Countdown untilMs={Date.parse(startsAt)} />}
      {onGetReady ? (
        <OwnPlannedShow show={show} onGetReady={onGetReady} />
      ) : (
        <p role='status'>{creator.displayName} hasn’t started yet. Stay here, and the show will open when it starts.</p>
      )}
      {onBackstage && <BackstageInvitation showId={id} onJoin={onBackstage} />}
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

/** Counts down to the start on the last day. Screen readers do not say it: the text above has the start. */
function Countdown({ untilMs }: { untilMs: number }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  const leftMs = Math.ceil((untilMs - now) / 1000) * 1000
  if (leftMs > dayMs) return null
  if (leftMs <= 0) return <p className={styles.countdown}>Any moment now</p>
  return (
    <p className={styles.countdown} role='timer' aria-live='off'>
      {formatClock(leftMs)}
    </p>
  )
}

/** Formats the start in the reader's time zone: "Planned for tomorrow, 8:00 PM". */
function plannedFor(startsAt: string): string {
  return `Planned for ${formatDateTimeInText(startsAt)}`
}
