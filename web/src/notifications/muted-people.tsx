import { useCallback, useState } from 'react'
import { ambient } from '../ambient.ts'
import { PersonRow } from '../people/person-row.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { Dialog, DialogButtons } from '../ui/dialog.tsx'
import { PagedList } from '../ui/paged-list.tsx'
import { usePagedList, type PageRequest } from '../ui/use-paged-list.ts'
import type { ChangeSettings } from './use-notification-settings.ts'
import styles from '../settings/settings.module.css'

interface MutedPeopleProps {
  userId: string
  mutedIds: readonly string[]
  change: ChangeSettings
}

/** Mutes single people whom the user follows: nothing is told about their shows. */
export function MutedPeople({ userId, mutedIds, change }: MutedPeopleProps) {
  const [isOpen, setIsOpen] = useState(false)
  const close = () => setIsOpen(false)
  return (
    <>
      <p className={styles.muted}>
        {mutedIds.length === 0
          ? 'You can mute single people and still follow them.'
          : `You’ve muted ${mutedIds.length === 1 ? 'one person' : `${mutedIds.length} people`}.`}
      </p>
      <div className={styles.row}>
        <AsyncButton onPress={() => setIsOpen(true)}>Choose people</AsyncButton>
      </div>
      <Dialog title='Whose shows you’re told about' isOpen={isOpen} onClose={close}>
        <FollowedPeople userId={userId} mutedIds={mutedIds} change={change} />
        <DialogButtons>
          <AsyncButton onPress={close}>Done</AsyncButton>
        </DialogButtons>
      </Dialog>
    </>
  )
}

function FollowedPeople({ userId, mutedIds, change }: MutedPeopleProps) {
  const pages = usePagedList(
    useCallback(async (page: PageRequest) => await ambient.people.following(userId, page), [userId])
  )
  return (
    <PagedList pages={pages} empty={<p>You don’t follow anybody yet.</p>}>
      {person => {
        const isMuted = mutedIds.includes(person.id)
        return (
          <PersonRow person={person}>
            <AsyncButton
              label={isMuted ? `Unmute ${person.displayName}` : `Mute ${person.displayName}`}
              onPress={async () =>
                await change(({ mutedCreatorIds }) => {
                  const others = mutedCreatorIds.filter(id => id !== person.id)
                  return { mutedCreatorIds: isMuted ? others : [...others, person.id] }
                })
              }
            >
              {isMuted ? 'Unmute' : 'Mute'}
            </AsyncButton>
          </PersonRow>
        )
      }}
    </PagedList>
  )
}
