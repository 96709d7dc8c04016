import { Volume2 } from 'lucide-react'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { AsyncButton } from '../ui/async-button.tsx'

/** Starts the sound where the browser or the system has stopped it, or the user has paused it. */
export function UnlockButton({ view, show }: { view: RoomView; show: ShowRoom }) {
  return (
    (view.isSoundLocked || view.isSoundPaused) && (
      <AsyncButton variant='primary' onPress={async () => await show.unlockSound()}>
        <Volume2 size={20} aria-hidden='true' />
        Tap to listen
      </AsyncButton>
    )
  )
}
