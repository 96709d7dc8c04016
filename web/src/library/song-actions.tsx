import { lazy, useState } from 'react'
import { ListPlus } from 'lucide-react'
import { CodedError, type Song } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { MoreButton } from '../menu/more-button.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import { songPlayer } from './use-song-playback.ts'
import styles from './song-row.module.css'

const AddToShowDialog = lazy(async () => ({ default: (await import('./add-to-show-dialog.tsx')).AddToShowDialog }))

interface SongActionsProps {
  song: Song
  onRemoved: () => void
  onOpenDetails: () => void
}

/** The controls of a song in the library: add it to a show, see and edit its details, and delete it. */
export function SongActions({ song, onRemoved, onOpenDetails }: SongActionsProps) {
  const [isAdding, setIsAdding] = useState(false)
  const { id, title, status } = song

  async function remove() {
    try {
      await ambient.songs.delete(id)
    } catch (error) {
      if (error instanceof CodedError && error.code === 'CONFLICT') {
        throw new Error(`“${title}” is on air. Delete it when the show has moved on.`)
      }
      // It was deleted in another tab.
      if (!(error instanceof CodedError && error.code === 'NOT_FOUND')) throw error
    }
    if (songPlayer.view.songId === id) songPlayer.stop()
    onRemoved()
  }

  const confirmation = {
    title: `Delete “${title}”?`,
    text: 'This can’t be undone. Playlists will still list the song, but it can’t be played.',
    confirmLabel: 'Delete'
  }
  return (
    <>
      {status === 'ready' && (
        <AsyncButton variant='quiet' label={`Add to show: ${title}`} onPress={() => setIsAdding(true)}>
          <ListPlus size={18} aria-hidden='true' />
          <span className={styles.label}>Add to show</span>
        </AsyncButton>
      )}
      <MoreButton
        label={`More options for ${title}`}
        actions={() => [
          ...(status === 'ready' ? [{ label: 'Details', run: async () => onOpenDetails() }] : []),
          { label: 'Delete', isDestructive: true, confirmation, run: remove }
        ]}
      />
      {isAdding && (
        <LazyBoundary>
          <AddToShowDialog song={song} onClose={() => setIsAdding(false)} />
        </LazyBoundary>
      )}
    </>
  )
}
