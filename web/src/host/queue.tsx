import type { QueueEntry, RoomView, ShowRoom } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Portrait } from '../parts/portrait.tsx'
import styles from './queue.module.css'

/** Who asks to speak, in order, to accept or reject. */
export function Queue({ view, show }: { view: RoomView; show: ShowRoom }) {
  const queue = view.room?.queue ?? []
  const isOpen = view.room?.settings.speakRequests !== 'closed'
  const toggle = async () =>
    await ambient.shows.patch(show.showId, { settings: { speakRequests: isOpen ? 'closed' : 'open' } })
  return (
    <section id='queue' className={styles.queue} aria-label='Asking to speak' tabIndex={-1}>
      <div className={styles.head}>
        <h2>Asking to speak{queue.length > 0 && ` · ${queue.length}`}</h2>
        {view.me.role === 'creator' && (
          <Action kind='quiet' onPress={toggle}>
            {isOpen ? 'Close requests' : 'Open requests'}
          </Action>
        )}
      </div>
      {queue.length === 0 ? (
        <p className={styles.empty}>
          {isOpen ? 'Nobody yet.' : 'Requests are closed. Who asked before keeps their place.'}
        </p>
      ) : (
        <ol className={styles.list}>
          {queue.map(entry => (
            <Entry key={entry.requestId} entry={entry} show={show} />
          ))}
        </ol>
      )}
    </section>
  )
}

function Entry({
  entry: { requestId, userId, displayName, avatarUrl, reason },
  show
}: {
  entry: QueueEntry
  show: ShowRoom
}) {
  return (
    <li className={styles.entry}>
      <Portrait id={userId} name={displayName} avatarUrl={avatarUrl} size='small' />
      <div className={styles.text}>
        <strong>{displayName}</strong>
        {reason && <p>{reason}</p>}
      </div>
      <div className={styles.buttons}>
        <Action
          kind='main'
          label={`Accept ${displayName}`}
          onPress={async () => await show.answerRequest(requestId, true)}
        >
          Accept
        </Action>
        <Action label={`Reject ${displayName}`} onPress={async () => await show.answerRequest(requestId, false)}>
          Reject
        </Action>
      </div>
    </li>
  )
}
