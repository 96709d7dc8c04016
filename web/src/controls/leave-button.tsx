import { lazy, useState } from 'react'
import { LogOut } from 'lucide-react'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import styles from './leave-button.module.css'

// Loaded when a confirmation is asked for the first time.
const ConfirmDialog = lazy(async () => ({ default: (await import('../ui/confirm-dialog.tsx')).ConfirmDialog }))

interface LeaveButtonProps {
  view: RoomView
  show: ShowRoom
  /** Called when the user has left. */
  onLeft?: () => void
}

/** Ends the show for its creator, and leaves it for everyone else. Creators and people on stage confirm first. */
export function LeaveButton({ view: { me }, show, onLeft }: LeaveButtonProps) {
  const [isConfirming, setIsConfirming] = useState(false)
  const isCreator = me.role === 'creator'
  const end = async () => {
    await ambient.shows.end(show.showId)
  }
  const leave = async () => {
    await show.leave()
    onLeft?.()
  }
  return (
    <>
      <AsyncButton
        variant={isCreator ? 'danger' : 'quiet'}
        onPress={async () => {
          if (isCreator || me.speak === 'onStage') setIsConfirming(true)
          else await leave()
        }}
      >
        {isCreator ? (
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
          <ConfirmDialog
            title={isCreator ? 'End the show?' : 'Leave the show?'}
            confirmLabel={isCreator ? 'End show' : 'Leave'}
            isOpen
            onClose={() => setIsConfirming(false)}
            onConfirm={isCreator ? end : leave}
          >
            {isCreator
              ? 'The show ends for everyone and can’t be restarted.'
              : 'You’re on stage, and people can hear you.'}
          </ConfirmDialog>
        </LazyBoundary>
      )}
    </>
  )
}
