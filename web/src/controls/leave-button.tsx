import { lazy, useState } from 'react'
import { LogOut } from 'lucide-react'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import styles from './leave-button.module.css'

// Loaded when a confirmation is asked for the first time.
const ConfirmDialog = lazy(async () => ({ default: (await import('../ui/confirm-dialog.tsx')).ConfirmDialog }))
const EndShowDialog = lazy(async () => ({ default: (await import('./end-show-dialog.tsx')).EndShowDialog }))

interface LeaveButtonProps {
  view: RoomView
  show: ShowRoom
  /** Called when the user has left. */
  onLeft?: () => void
}

/** Ends the show for the host who runs it, and leaves it for everyone else. They and people on stage confirm first. */
export function LeaveButton({ view, show, onLeft }: LeaveButtonProps) {
  const { me } = view
  const [isConfirming, setIsConfirming] = useState(false)
  const isBackstage = view.room?.status === 'scheduled'
  const runsShow = me.role === 'creator' && !isBackstage
  const close = () => setIsConfirming(false)
  const leave = async () => {
    await show.leave()
    onLeft?.()
  }
  return (
    <>
      <AsyncButton
        variant={runsShow ? 'danger' : 'quiet'}
        onPress={async () => {
          if (runsShow || (me.speak === 'onStage' && !isBackstage)) setIsConfirming(true)
          else await leave()
        }}
      >
        {runsShow ? (
          'End show'
        ) : (
          <>
            <LogOut size={20} aria-hidden='true' />
            <span className={styles.label}>Leave</span>
          </>
        )}
      </AsyncButton>
      {isConfirming && (
        <LazyBoundary>
          {runsShow ? (
            <EndShowDialog view={view} show={show} onClose={close} />
          ) : (
            <ConfirmDialog title='Leave the show?' confirmLabel='Leave' isOpen onClose={close} onConfirm={leave}>
              You’re on stage, and people can hear you.
            </ConfirmDialog>
          )}
        </LazyBoundary>
      )}
    </>
  )
}
