import { useState } from 'react'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { focusMainIfLost } from '../layout/page-focus.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { Dialog, DialogButtons } from '../ui/dialog.tsx'
import { isOnAir } from './current-show.ts'
import { useLeaveGuard } from './use-leave-guard.ts'
import { useUnloadGuard } from './use-unload-guard.ts'

/** Asks a person on stage before another page opens. Rendered on the page of the show. */
export function LeaveQuestion({ view, room }: { view: RoomView; room: ShowRoom }) {
  const [held, setHeld] = useState<{ goOn: () => void } | null>(null)
  const [hold] = useState(() => (goOn: () => void) => setHeld({ goOn }))
  useLeaveGuard(isOnAir(view), hold)
  useUnloadGuard(isOnAir(view))

  const stay = () => {
    setHeld(null)
    // The dialog gives the focus back in the next frame, to nothing when Back was pressed while nothing had it.
    requestAnimationFrame(() => requestAnimationFrame(focusMainIfLost))
  }
  const goOn = () => {
    setHeld(null)
    held?.goOn()
  }
  const isBackstage = view.room?.status === 'scheduled'
  return (
    <Dialog title={isBackstage ? 'You’re backstage' : 'You’re on air'} isOpen={held !== null} onClose={stay}>
      <p>You can look at other pages and stay on stage. The show is then at the bottom of the screen.</p>
      <DialogButtons>
        <AsyncButton onPress={stay}>Stay</AsyncButton>
        {view.me.role !== 'creator' && (
          <AsyncButton
            variant='danger'
            onPress={async () => {
              await room.stepDown()
              goOn()
            }}
          >
            Leave the stage
          </AsyncButton>
        )}
        <AsyncButton variant='primary' onPress={goOn}>
          Keep talking in the background
        </AsyncButton>
      </DialogButtons>
    </Dialog>
  )
}
