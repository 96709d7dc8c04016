import { useEffect, useState, useSyncExternalStore } from 'react'
import { PlaylistEditor, type PlaylistView, type ShowRoom } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'

const loadingView: PlaylistView = {
  items: null,
  state: 'loading',
  error: null,
  merged: null,
  canUndo: false,
  editors: []
}
const subscribeToNothing = () => () => {}

/**
 * Opens the playlist of a show for editing. In a live show the room reports other people's changes; otherwise the
 * playlist is loaded again whenever the tab becomes visible.
 */
export function usePlaylistEditor(
  showId: string,
  room: ShowRoom | null
): { editor: PlaylistEditor | null; view: PlaylistView } {
  const [editor, setEditor] = useState<PlaylistEditor | null>(null)

  useEffect(() => {
    const opened = new PlaylistEditor({ showId, room, playlists: ambient.playlists })
    const refreshIfVisible = () => {
      if (!document.hidden) opened.refresh()
    }
    document.addEventListener('visibilitychange', refreshIfVisible)
    setEditor(opened)
    return () => {
      document.removeEventListener('visibilitychange', refreshIfVisible)
      opened.close()
    }
  }, [showId, room])

  const view = useSyncExternalStore(editor?.subscribe ?? subscribeToNothing, () => editor?.view ?? loadingView)
  useUnsavedChangesWarning(view)
  return { editor, view }
}

/** Asks before the tab is closed with unsaved changes. */
function useUnsavedChangesWarning({ state }: PlaylistView): void {
  const isUnsaved = state === 'saving' || state === 'retrying' || state === 'failed'
  useEffect(() => {
    if (!isUnsaved) return
    const askFirst = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', askFirst)
    return () => window.removeEventListener('beforeunload', askFirst)
  }, [isUnsaved])
}
