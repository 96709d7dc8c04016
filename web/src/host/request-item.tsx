import type { QueueEntry, ShowRoom } from '../../../client/index.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Avatar } from '../ui/avatar.tsx'
import styles from './request-queue.module.css'

interface RequestItemProps {
  entry: QueueEntry
  waitingMs: number
  show: ShowRoom
  isStageFull: boolean
}

/** A request to speak: who asks, why and since when, with the buttons to answer it. */
export function RequestItem({ entry, waitingMs, show, isStageFull }: RequestItemProps) {
  const { requestId, userId, displayName, avatarUrl, reason } = entry
  return (
    <li className={styles.entry}>
      <Avatar id={userId} name={displayName} avatarUrl={avatarUrl} size='small' />
      <div className={styles.text}>
        <strong>{displayName}</strong>
        {reason && <p>{reason}</p>}
        <p className={styles.waiting}>{formatWaiting(waitingMs)}</p>
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

/** Formats a wait as `Just asked`, `Waiting 3 min` or `Waiting 1 h 5 min`. */
function formatWaiting(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return 'Just asked'
  return minutes < 60 ? `Waiting ${minutes} min` : `Waiting ${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
