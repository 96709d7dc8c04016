import type { PlaylistEditor, PlaylistView } from '../../../client/index.ts'
import { Action } from '../parts/action.tsx'
import { SpotifyFault } from './spotify-fault.tsx'
import styles from './save-state.module.css'

/** Whether the list is saved, what happened to it meanwhile, and what to do where it can't be saved. */
export function SaveState({
  view: { state, error: fault, merged, items, canUndo },
  editor,
  to
}: {
  view: PlaylistView
  editor: PlaylistEditor
  to: string | null
}) {
  return (
    <div className={styles.state}>
      <p role='status' className={styles.words}>
        {merged && `${mergedText(merged.lost)} `}
        {items && state === 'saving' && 'Saving…'}
        {items && state === 'saved' && (items.length > 0 || canUndo) && 'All changes are saved.'}
        {state === 'retrying' &&
          (items
            ? 'Not saved yet. It is tried again by itself.'
            : 'The playlist can’t be loaded. It is tried again by itself.')}
      </p>
      {fault && state === 'failed' && (
        <>
          <p role='alert' className={styles.fault}>
            {items ? 'This could not be saved.' : 'The playlist can’t be loaded.'}
          </p>
          <SpotifyFault fault={fault} to={to} again={() => editor.retry()} />
          {items && (
            <Action kind='quiet' onPress={() => editor.discard()}>
              Give up what is not saved
            </Action>
          )}
        </>
      )}
      {fault && state === 'retrying' && <SpotifyFault fault={fault} to={to} again={() => editor.retry()} />}
    </div>
  )
}

function mergedText(lost: number): string {
  const changed = 'Somebody else changed the playlist meanwhile. It is theirs now, with your changes on top.'
  if (lost === 0) return changed
  return `${changed} ${lost === 1 ? 'One of your moves was' : `${lost} of your moves were`} about tracks that are gone.`
}
