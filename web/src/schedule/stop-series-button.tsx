import { ambient } from '../ambient.ts'
import { ConfirmButton } from '../ui/confirm-button.tsx'

/** Ends a series after confirmation: its planned show is deleted, and there are no more. */
export function StopSeriesButton({ seriesId, onStopped }: { seriesId: string; onStopped: () => void }) {
  async function stop() {
    await ambient.shows.stopSeries(seriesId)
    onStopped()
  }

  return (
    <ConfirmButton variant='danger' text='Stop repeating' title='Stop repeating?' onConfirm={stop}>
      This show and all later ones are cancelled. Shows that have taken place stay.
    </ConfirmButton>
  )
}
