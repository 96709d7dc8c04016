import { useRef, useState } from 'react'
import { Pencil } from 'lucide-react'
import { CodedError, maxJingleMs, type MetadataField, type Song, type SongMetadata } from '../../../../client/index.ts'
import { ambient } from '../../ambient.ts'
import { noticesOf, sourcesOf } from '../../metadata/sources.ts'
import { AsyncButton } from '../../ui/async-button.tsx'
import { Dialog, DialogButtons } from '../../ui/dialog.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { useFocusRecovery } from '../../ui/use-focus-recovery.ts'
import { changedFields, listFields } from '../proposed-fields.ts'
import { DetailsForm } from './details-form.tsx'
import { PresentDetails } from './present-details.tsx'
import { ProposalCard } from './proposal-card.tsx'
import { SongJingle } from './song-jingle.tsx'
import { SongRights } from './song-rights.tsx'
import { RepositoryStates } from './repository-states.tsx'
import { useSongMetadata } from './use-song-metadata.ts'
import styles from './details.module.css'

interface SongDetailsDialogProps {
  song: Song
  /** Called when the song or its proposals were changed here. */
  onChanged: (metadata: SongMetadata) => void
  onClose: () => void
}

/** The details of a song, the proposals for it beside them, and the form to edit them by hand. */
export function SongDetailsDialog({ song, onChanged, onClose }: SongDetailsDialogProps) {
  const { metadata, error, load, update: show } = useSongMetadata(song.id)
  const [isEditing, setIsEditing] = useState(false)
  const [said, setSaid] = useState('')
  const content = useRef<HTMLDivElement>(null)
  useFocusRecovery(content)

  function update(changed: SongMetadata, text: string) {
    show(changed)
    setSaid(text)
    onChanged(changed)
  }

  /** Loads the proposals again when the one that was pressed has changed meanwhile. */
  async function settle(act: () => Promise<SongMetadata>): Promise<SongMetadata> {
    try {
      return await act()
    } catch (error) {
      if (error instanceof CodedError && error.code === 'NOT_FOUND') await load()
      throw error
    }
  }

  async function accept(before: Song, proposalId: string, fields?: MetadataField[]) {
    const changed = await settle(async () => await ambient.metadata.accept(song.id, proposalId, fields))
    const names = changedFields(before, changed.song)
    update(changed, names.length === 0 ? 'Nothing changed.' : `${listFields(names)} added.`)
  }

  return (
    <Dialog title={`Details of “${song.title}”`} isOpen isWide onClose={onClose}>
      <div ref={content} className={styles.content}>
        <p role='status' className='visually-hidden'>
          {said}
        </p>
        {metadata === null &&
          (error === null ? (
            <Skeleton count={3} />
          ) : (
            <div role='alert' className={styles.error}>
              <p>{error}</p>
              <AsyncButton onPress={load}>Try again</AsyncButton>
            </div>
          ))}
        {metadata && isEditing && (
          <DetailsForm
            song={metadata.song}
            onSaved={async () => {
              update(await ambient.metadata.get(song.id), 'Saved.')
              setIsEditing(false)
            }}
            onCancel={() => setIsEditing(false)}
          />
        )}
        {metadata && !isEditing && (
          <>
            <PresentDetails metadata={metadata} />
            <div>
              <AsyncButton onPress={() => setIsEditing(true)}>
                <Pencil size={18} aria-hidden='true' />
                Edit
              </AsyncButton>
            </div>
            <SongRights song={metadata.song} onChanged={song => update({ ...metadata, song }, 'Saved.')} />
            {song.status === 'ready' && song.durationMs <= maxJingleMs && (
              <SongJingle song={metadata.song} onChanged={song => update({ ...metadata, song }, 'Saved.')} />
            )}
            <section className={styles.section} aria-label='Suggestions'>
              <h3>Suggestions</h3>
              {metadata.proposals.map(proposal => (
                <ProposalCard
                  key={proposal.id}
                  metadata={metadata}
                  proposal={proposal}
                  onAccept={async fields => await accept(metadata.song, proposal.id, fields)}
                  onReject={async () => {
                    const changed = await settle(async () => await ambient.metadata.reject(song.id, proposal.id))
                    update(changed, 'This suggestion won’t come back.')
                  }}
                />
              ))}
              <RepositoryStates metadata={metadata} />
            </section>
            {noticesOf(sourcesOf(metadata)).map(notice => (
              <p key={notice} className={styles.notice}>
                {notice}
              </p>
            ))}
            <DialogButtons>
              <AsyncButton onPress={onClose}>Done</AsyncButton>
            </DialogButtons>
          </>
        )}
      </div>
    </Dialog>
  )
}
