import type { PlaylistEditor, PlaylistView } from '../../../client/index.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { MergedNotice } from './merged-notice.tsx'
import { SpotifyError } from './spotify-error.tsx'
import styles from './save-status.module.css'

/** Shows whether the playlist is saved, reports merged changes, and offers a way out when saving fails. */
export function SaveStatus({
  view: { state, error, merged, items, canUndo },
  editor,
  returnPath
}: {
  view: PlaylistView
  editor: PlaylistEditor
  /** The path to come back to after linking Spotify; null during a show. */
  returnPath: string | null
}) {
  return (
    <div className={styles.status}>
      <MergedNotice merged={merged} editor={editor} />
      <p role='status' className={styles.message}>
        {items && state === 'saving' && 'Saving…'}
        {items && state === 'saved' && (items.length > 0 || canUndo) && 'All changes saved.'}
        {state === 'retrying' && (items ? 'Not saved yet. Trying again…' : 'Can’t load the playlist. Trying again…')}
      </p>
      {error && state === 'failed' && (
        <>
          <p role='alert' className={styles.error}>
            {items ? 'Couldn’t save your changes.' : 'Can’t load the playlist.'}
          </p>
          <SpotifyError error={error} returnPath={returnPath} onRetry={() => editor.retry()} />
          {items && (
            <AsyncButton variant='quiet' onPress={() => editor.discard()}>
              Discard unsaved changes
            </AsyncButton>
          )}
        </>
      )}
      {error && state === 'retrying' && (
        <SpotifyError error={error} returnPath={returnPath} onRetry={() => editor.retry()} />
      )}
    </div>
  )
}
