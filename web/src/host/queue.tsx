import type { QueueEntry, RoomView, ShowRoom } from '../../../client/index.ts'
import { Action } from '../parts/action.tsx'
import { Portrait } from '../parts/portrait.tsx'
import styles from './queue.module.css'

/** Who asks to speak, in order, to accept or reject. */
export function Queue ({ view, show }: { view: RoomView, show: ShowRoom }) {
  const queue = view.room?.queue ?? []
  return (
    <section className={styles.queue} aria-label='Asking to speak'>
      <h2>Asking to speak{queue.length > 0 && ` · ${queue.length}`}</h2>
      {queue.length === 0
        ? <p className={styles.empty}>Nobody yet.</p>
        : <ol className={styles.list}>{queue.map(entry => <Entry key={entry.requestId} entry={entry} show={show} />)}</ol>}
    </section>
  )
}

function Entry ({ entry: { requestId, userId, displayName, avatarUrl, reason }, show }: { entry: QueueEntry, show: ShowRoom }) {
  return (
    <li className={styles.entry}>
      <Portrait id={userId} name={displayName} avatarUrl={avatarUrl} size='small' />
      <div className={styles.text}>
        <strong>{displayName}</strong>
        {reason && <p>{reason}</p>}
      </div>
      <div className={styles.buttons}>
        <Action kind='main' label={`Accept ${displayName}`} onPress={async () => await show.answer(requestId, true)}>Accept</Action>
        <Action label={`Reject ${displayName}`} onPress={async () => await show.answer(requestId, false)}>Reject</Action>
      </div>
    </li>
  )
}
