import { X } from 'lucide-react'
import { Link } from 'wouter'
import type { CloseReason, ShowRoom } from '../../../client/index.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { closedTexts } from './closed-texts.ts'
import { clearCurrentRoom, takeCurrentShowBack } from './current-show.ts'
import styles from './mini-player.module.css'

interface ClosedPlayerProps {
  room: ShowRoom
  title: string | undefined
  closed: CloseReason
}

/** Says why the sound has stopped, while the user is on another page. */
export function ClosedPlayer({ room, title, closed }: ClosedPlayerProps) {
  const [reason, text] = closedTexts(closed)
  const close = () => clearCurrentRoom(room)
  return (
    <>
      <div className={styles.texts} role='status'>
        <span className={styles.reason}>{reason}</span>
        <span className={styles.status}>{text || title}</span>
      </div>
      {closed.reason === 'ended' && (
        <Link href={`/shows/${room.showId}`} className={styles.link ?? ''} onClick={close}>
          How it went
        </Link>
      )}
      {closed.reason === 'replaced' && (
        <AsyncButton variant='primary' onPress={takeCurrentShowBack}>
          Take it back
        </AsyncButton>
      )}
      <AsyncButton variant='quiet' label='Close' onPress={close}>
        <X size={20} aria-hidden='true' />
      </AsyncButton>
    </>
  )
}
