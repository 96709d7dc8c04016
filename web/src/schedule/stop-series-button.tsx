import { useState } from 'react'
import { ambient } from '../ambient.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'

/** Ends a series after confirmation: its planned show is deleted, and there are no more. */
export function StopSeriesButton({ seriesId, onStopped }: { seriesId: string; onStopped: () => void }) {
  const [isConfirming, setIsConfirming] = useState(false)

  async function stop() {
    await ambient.shows.stopSeries(seriesId)
    onStopped()
  }

  return (
    <>
      <AsyncButton variant='danger' onPress={() => setIsConfirming(true)}>
        Stop repeating
      </AsyncButton>
      <ConfirmDialog
        title='Stop repeating?'
        confirmLabel='Stop repeating'
        isOpen={isConfirming}
        onClose={() => setIsConfirming(false)}
        onConfirm={stop}
      >
        This show and all later ones are cancelled. Shows that have taken place stay.
      </ConfirmDialog>
    </>
  )
}
