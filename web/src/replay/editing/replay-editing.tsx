import { useState } from 'react'
import { CodedError, type Replay, type ReplayPatch, type Transcript } from '../../../../client/index.ts'
import { ambient } from '../../ambient.ts'
import { AsyncButton } from '../../ui/async-button.tsx'
import { ConfirmButton } from '../../ui/confirm-button.tsx'
import type { Loaded } from '../../ui/use-loaded.ts'
import { publicationOf } from '../publication.ts'
import type { ReplayState } from '../use-replay.ts'
import { TranscriptState } from './transcript-state.tsx'
import { TrimDialog } from './trim-dialog.tsx'
import styles from './replay-editing.module.css'

interface ReplayEditingProps {
  state: ReplayState
  replay: Replay
  transcript: Loaded<Transcript>
}

/** The tools of the creator: publishing, trimming and deleting a replay. */
export function ReplayEditing({ state, replay, transcript }: ReplayEditingProps) {
  const { showId, status, publishedAt, takenDown, version } = replay
  const [isTrimming, setTrimming] = useState(false)
  const isPublished = publishedAt !== null

  async function patch(change: Omit<ReplayPatch, 'version'>) {
    try {
      state.update(await ambient.replays.patch(showId, { ...change, version }))
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      if (error.code === 'TAKEN_DOWN') await state.reload()
      if (error.code !== 'CONFLICT') throw error
      await state.reload()
      throw new Error('The replay was changed meanwhile, perhaps in another tab. Look at it and try again.')
    }
  }

  return (
    <div className={styles.tools} role='group' aria-label='Edit the replay'>
      <p className={styles.state}>{publicationOf(replay)}</p>
      <div className={styles.buttons}>
        {status === 'ready' && (
          <>
            {!takenDown && (
              <AsyncButton
                variant={isPublished ? 'secondary' : 'primary'}
                onPress={async () => await patch({ published: !isPublished })}
              >
                {isPublished ? 'Unpublish' : 'Publish'}
              </AsyncButton>
            )}
            <AsyncButton onPress={() => setTrimming(true)}>Trim</AsyncButton>
          </>
        )}
        <ConfirmButton
          variant='quiet'
          text='Delete'
          title='Delete this replay?'
          confirmLabel='Delete replay'
          onConfirm={async () => {
            await ambient.replays.delete(showId)
            await state.reload()
          }}
        >
          The recording of the show is deleted with it, and nobody can hear it again. This can’t be undone.
        </ConfirmButton>
      </div>
      <TranscriptState transcript={transcript} />
      {isTrimming && (
        <TrimDialog
          replay={replay}
          onClose={() => setTrimming(false)}
          onSave={async trim => {
            await patch({ trim })
            setTrimming(false)
          }}
        />
      )}
    </div>
  )
}
