import { lazy, useEffect, useState } from 'react'
import { Button } from 'react-aria-components'
import { Plus, Undo2 } from 'lucide-react'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { songPlayer, usePlaybackFault } from '../library/use-song-playback.ts'
import { Action } from '../parts/action.tsx'
import { Later } from '../parts/later.tsx'
import { Skeleton } from '../parts/listing.tsx'
import { Section } from '../parts/section.tsx'
import { useMediaQuery, wideScreen } from '../stage/use-media-query.ts'
import { Deck } from './deck.tsx'
import { durationText } from './duration.ts'
import { ItemList } from './item-list.tsx'
import { SaveState } from './save-state.tsx'
import { usePlaylistEditor } from './use-playlist-editor.ts'
import styles from './playlist-section.module.css'

// Loaded by who adds something.
const AddPanel = lazy(async () => ({ default: (await import('./add-panel.tsx')).AddPanel }))

interface PlaylistSectionProps {
  showId: string
  /** The live show, where one is in it. */ live?: { view: RoomView; room: ShowRoom }
}

/** The playlist in the hands of who may change it: what plays, what comes, and what else there could be. */
export function PlaylistSection({ showId, live }: PlaylistSectionProps) {
  const { editor, view } = usePlaylistEditor(showId, live?.room ?? null)
  const [adding, setAdding] = useState(false)
  const wide = useMediaQuery(wideScreen)
  const [unfolded, unfold] = useState(false)
  // What one hears here alone is not to go on under the show.
  useEffect(() => () => songPlayer.stop(), [])
  const { items } = view
  // On a phone, who asks to speak comes after it, and must not be far.
  const isOpen = wide || !live || unfolded || items?.length === 0
  const buttons = (
    <div className={styles.buttons}>
      <Action kind='quiet' isDisabled={!view.canUndo} onPress={() => editor?.undo()}>
        <Undo2 size={18} aria-hidden='true' />
        Undo
      </Action>
      <Action isDisabled={!items} onPress={() => setAdding(true)}>
        <Plus size={18} aria-hidden='true' />
        Add music
      </Action>
    </div>
  )
  return (
    <Section title='Playlist' aside={buttons}>
      {live && <Deck view={live.view} room={live.room} hasItems={items?.some(({ available }) => available) ?? false} />}
      {editor && <SaveState view={view} editor={editor} to={live ? null : `/shows/${showId}`} />}
      {editor && items
        ? isOpen && <ItemList items={items} editor={editor} live={live ?? null} />
        : view.state === 'loading' && <Skeleton />}
      {!live && <PreviewFault />}
      {items && items.length > 0 && (
        <div className={styles.foot}>
          <span>
            {items.length} {items.length === 1 ? 'track' : 'tracks'},{' '}
            {durationText(items.reduce((sum, { durationMs }) => sum + durationMs, 0))}
          </span>
          {live && !wide && (
            <Button className={styles.fold ?? ''} aria-expanded={unfolded} onPress={() => unfold(!unfolded)}>
              {unfolded ? 'Hide the list' : 'Show the list'}
            </Button>
          )}
        </div>
      )}
      {adding && editor && (
        <Later>
          <AddPanel
            editor={editor}
            count={items?.length ?? 0}
            to={live ? null : `/shows/${showId}`}
            onClose={() => setAdding(false)}
          />
        </Later>
      )}
    </Section>
  )
}

function PreviewFault() {
  const fault = usePlaybackFault()
  return (
    fault && (
      <p role='alert' className={styles.fault}>
        {fault}
      </p>
    )
  )
}
