import { lazy, useEffect, useRef, useState } from 'react'
import { Plus, Undo2 } from 'lucide-react'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { formatDuration } from '../format/duration.ts'
import { songPlayer, usePlaybackError } from '../library/use-song-playback.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Button } from '../ui/button.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import { Section } from '../ui/section.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { useFocusRecovery } from '../ui/use-focus-recovery.ts'
import { useMediaQuery, wideScreen } from '../ui/use-media-query.ts'
import { EditingStatus } from './editing-status.tsx'
import { ItemList } from './item-list.tsx'
import { PlaybackControls } from './playback-controls.tsx'
import { SaveStatus } from './save-status.tsx'
import { usePlaylistEditor } from './use-playlist-editor.ts'
import styles from './playlist-section.module.css'

// Loaded when music is added for the first time.
const AddMusicPanel = lazy(async () => ({ default: (await import('./add-music-panel.tsx')).AddMusicPanel }))

// Hosts load it during a show.
const JinglePads = lazy(async () => ({ default: (await import('./jingle-pads.tsx')).JinglePads }))

interface PlaylistSectionProps {
  showId: string
  /** The live show; absent in the green room. */
  live?: { view: RoomView; room: ShowRoom }
}

/** The playlist for hosts: playback controls, the items, and the panel to add music. */
export function PlaylistSection({ showId, live }: PlaylistSectionProps) {
  const { editor, view } = usePlaylistEditor(showId, live?.room ?? null)
  const [isAdding, setIsAdding] = useState(false)
  const isWide = useMediaQuery(wideScreen)
  const [isExpanded, setIsExpanded] = useState(false)
  // A preview ends with this section, so that it never plays over the show.
  useEffect(() => () => songPlayer.stop(), [])
  const { items } = view
  const list = useRef<HTMLDivElement>(null)
  // A notice that is dismissed takes its buttons away.
  useFocusRecovery(list)
  useEffect(() => {
    if (!editor || !isAdding) return
    editor.startEditing('adding')
    return () => editor.stopEditing()
  }, [editor, isAdding])
  // Linking Spotify leaves the page, and leaving the page of a live show leaves the show.
  const returnPath = live ? null : `/shows/${showId}`
  // Collapsed on a phone, where the request queue is below it.
  const isListShown = isWide || !live || isExpanded || items?.length === 0
  const buttons = (
    <div className={styles.buttons}>
      <AsyncButton variant='quiet' isDisabled={!view.canUndo} onPress={() => editor?.undo()}>
        <Undo2 size={18} aria-hidden='true' />
        Undo
      </AsyncButton>
      <AsyncButton isDisabled={!items} onPress={() => setIsAdding(true)}>
        <Plus size={18} aria-hidden='true' />
        Add music
      </AsyncButton>
    </div>
  )
  return (
    <Section title='Playlist' aside={buttons}>
      {live && (
        <PlaybackControls
          view={live.view}
          room={live.room}
          hasItems={items?.some(({ available }) => available) ?? false}
        />
      )}
      {live && (
        <LazyBoundary>
          <JinglePads showId={showId} {...live} />
        </LazyBoundary>
      )}
      <div ref={list}>
        {editor && <SaveStatus view={view} editor={editor} returnPath={returnPath} />}
        {live && <EditingStatus editors={view.editors} items={items ?? []} isListShown={isListShown} />}
        {editor && items
          ? isListShown && <ItemList items={items} editor={editor} editors={view.editors} live={live ?? null} />
          : view.state === 'loading' && <Skeleton />}
      </div>
      {!live && <PreviewError />}
      {items && items.length > 0 && (
        <div className={styles.footer}>
          <span>
            {items.length} {items.length === 1 ? 'track' : 'tracks'},{' '}
            {formatDuration(items.reduce((sum, { durationMs }) => sum + durationMs, 0))}
          </span>
          {live && !isWide && (
            <Button
              className={styles.toggle ?? ''}
              aria-expanded={isExpanded}
              onPress={() => setIsExpanded(!isExpanded)}
            >
              {isExpanded ? 'Hide the list' : 'Show the list'}
            </Button>
          )}
        </div>
      )}
      {isAdding && editor && (
        <LazyBoundary>
          <AddMusicPanel
            editor={editor}
            count={items?.length ?? 0}
            returnPath={returnPath}
            onClose={() => setIsAdding(false)}
          />
        </LazyBoundary>
      )}
    </Section>
  )
}

function PreviewError() {
  const error = usePlaybackError()
  return (
    error && (
      <p role='alert' className={styles.error}>
        {error}
      </p>
    )
  )
}
