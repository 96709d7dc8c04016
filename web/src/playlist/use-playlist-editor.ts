import { useEffect, useState, useSyncExternalStore } from 'react'
import { PlaylistEditor, type PlaylistView, type ShowRoom } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'

const nothingYet: PlaylistView = { items: null, state: 'loading', error: null, merged: null, canUndo: false }
const noChange = () => () => {}

/** The playlist of a show to edit; in a live show it hears of others' changes, before it looks whenever this tab is looked at again. */
export function usePlaylistEditor(
  showId: string,
  room: ShowRoom | null
): { editor: PlaylistEditor | null; view: PlaylistView } {
  const [editor, setEditor] = useState<PlaylistEditor | null>(null)

  useEffect(() => {
    const opened = new PlaylistEditor({ showId, room, playlists: ambient.playlists })
    const look = () => {
      if (!document.hidden) opened.refresh()
    }
    document.addEventListener('visibilitychange', look)
    setEditor(opened)
    return () => {
      document.removeEventListener('visibilitychange', look)
      opened.close()
    }
  }, [showId, room])

  const view = useSyncExternalStore(editor?.subscribe ?? noChange, () => editor?.view ?? nothingYet)
  useLeavingAsks(view)
  return { editor, view }
}

/** Whoever closes the tab before all is saved is asked first. */
function useLeavingAsks({ state }: PlaylistView): void {
  const isUnsaved = state === 'saving' || state === 'retrying' || state === 'failed'
  useEffect(() => {
    if (!isUnsaved) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [isUnsaved])
}
