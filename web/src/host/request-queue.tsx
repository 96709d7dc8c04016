import { seatsTaken } from '../../../contract/room.ts'
import type { QueueEntry, RoomView, ShowRoom } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { isStageFull } from '../show/member-actions.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Avatar } from '../ui/avatar.tsx'
import styles from './request-queue.module.css'

/** The requests to speak in order, each with buttons to accept and decline it. */
export function RequestQueue({ view, show }: { view: RoomView; show: ShowRoom }) {
  const queue = view.room?.queue ?? []
  const isOpen = view.room?.settings.speakRequests !== 'closed'
  const fullStage = view.room ? fullStageText(view.room) : null
  const toggle = async () =>
    await ambient.shows.patch(show.showId, { settings: { speakRequests: isOpen ? 'closed' : 'open' } })
  return (
    <section id='queue' className={styles.queue} aria-label='Requests to speak' tabIndex={-1}>
      <div className={styles.header}>
        <h2>Requests to speak{queue.length > 0 && ` · ${queue.length}`}</h2>
        {view.me.role === 'creator' && (
          <AsyncButton variant='quiet' onPress={toggle}>
            {isOpen ? 'Close requests' : 'Open requests'}
          </AsyncButton>
        )}
      </div>
      {fullStage && <p className={styles.full}>{fullStage}</p>}
      {queue.length === 0 ? (
        <p className={styles.empty}>
          {isOpen ? 'No requests yet.' : 'Requests are closed. People already in line keep their place.'}
        </p>
      ) : (
        <ol className={styles.list}>
          {queue.map(entry => (
            <QueueItem key={entry.requestId} entry={entry} show={show} isStageFull={fullStage !== null} />
          ))}
        </ol>
      )}
    </section>
  )
}

/** Says that nobody else fits on stage; null while there is a seat. */
function fullStageText(room: NonNullable<RoomView['room']>): string | null {
  if (!isStageFull(room)) return null
  return `The stage is full: ${seatsTaken(room)} of ${room.settings.maxSpeakers} seats are taken.`
}

function QueueItem({
  entry: { requestId, userId, displayName, avatarUrl, reason },
  show,
  isStageFull
}: {
  entry: QueueEntry
  show: ShowRoom
  isStageFull: boolean
}) {
  return (
    <li className={styles.entry}>
      <Avatar id={userId} name={displayName} avatarUrl={avatarUrl} size='small' />
      <div className={styles.text}>
        <strong>{displayName}</strong>
        {reason && <p>{reason}</p>}
      </div>
      <div className={styles.buttons}>
        <AsyncButton
          variant='primary'
          label={`Accept ${displayName}`}
          isDisabled={isStageFull}
          onPress={async () => await show.answerRequest(requestId, true)}
        >
          Accept
        </AsyncButton>
        <AsyncButton label={`Decline ${displayName}`} onPress={async () => await show.answerRequest(requestId, false)}>
          Decline
        </AsyncButton>
      </div>
    </li>
  )
}
