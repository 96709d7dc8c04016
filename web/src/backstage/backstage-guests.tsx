import { useCallback, useEffect, useState } from 'react'
import type { BackstageInvitation, BackstageRole, Person } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { errorMessage } from '../errors.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { Dialog, DialogButtons } from '../ui/dialog.tsx'
import { Loading } from '../ui/loading.tsx'
import { PagedList } from '../ui/paged-list.tsx'
import { SelectField } from '../ui/select-field.tsx'
import { TextField } from '../ui/text-field.tsx'
import { usePagedList, type PageRequest } from '../ui/use-paged-list.ts'
import styles from './backstage-guests.module.css'

const roles = { guest: 'Guest', cohost: 'Co-host' } as const

/** Invites people backstage: those whom the creator follows, or others by the link to their profile. */
export function BackstageGuests({ showId, onClose }: { showId: string; onClose: () => void }) {
  const [invited, setInvited] = useState<BackstageInvitation[] | null>(null)
  const [error, setError] = useState<string | null>(null)
  const [link, setLink] = useState('')

  const fail = (reason: unknown) => setError(errorMessage(reason))
  const load = useCallback(async () => {
    try {
      setInvited((await ambient.shows.backstage(showId)).items)
      setError(null)
    } catch (error) {
      setError(errorMessage(error))
    }
  }, [showId])
  useEffect(() => {
    load()
  }, [load])

  const invite = async (userId: string, role: BackstageRole = 'guest') => {
    await ambient.shows.inviteBackstage(showId, userId, { role })
    await load()
  }

  return (
    <Dialog title='Backstage guests' isOpen onClose={onClose}>
      <p>They can meet you on stage before the show starts. Nobody else hears you then.</p>
      {error && <p role='alert'>{error}</p>}
      {invited ? (
        <Invited invited={invited} showId={showId} invite={invite} onChanged={load} onFailed={fail} />
      ) : (
        <Loading />
      )}
      <div className={styles.byLink}>
        <TextField label='Link to a profile' value={link} onChange={setLink} />
        <AsyncButton
          isDisabled={userIdOf(link) === null}
          onPress={async () => {
            await invite(userIdOf(link) ?? '')
            setLink('')
          }}
        >
          Invite
        </AsyncButton>
      </div>
      <Followed invitedIds={new Set(invited?.map(({ user }) => user.id))} onInvite={invite} />
      <DialogButtons>
        <AsyncButton onPress={onClose}>Done</AsyncButton>
      </DialogButtons>
    </Dialog>
  )
}

interface InvitedProps {
  invited: readonly BackstageInvitation[]
  showId: string
  invite: (userId: string, role: BackstageRole) => Promise<void>
  onChanged: () => Promise<void>
  onFailed: (reason: unknown) => void
}

function Invited({ invited, showId, invite, onChanged, onFailed }: InvitedProps) {
  if (invited.length === 0) return <p>Nobody is invited yet.</p>
  return (
    <ul className={styles.list} aria-label='Invited'>
      {invited.map(({ user, role }) => (
        <li key={user.id} className={styles.person}>
          <Name person={user} />
          <SelectField
            label={`Role of ${user.displayName}`}
            options={roles}
            value={role}
            onChange={next => {
              invite(user.id, next === 'cohost' ? 'cohost' : 'guest').catch(onFailed)
            }}
          />
          <AsyncButton
            onPress={async () => {
              await ambient.shows.withdrawBackstage(showId, user.id)
              await onChanged()
            }}
          >
            Remove
          </AsyncButton>
        </li>
      ))}
    </ul>
  )
}

interface FollowedProps {
  invitedIds: ReadonlySet<string>
  onInvite: (userId: string) => Promise<void>
}

function Followed({ invitedIds, onInvite }: FollowedProps) {
  const userId = ambient.account.user?.id ?? ''
  const load = useCallback(async (page: PageRequest) => await ambient.people.following(userId, page), [userId])
  const pages = usePagedList(load)
  return (
    <section aria-label='People you follow'>
      <h3>People you follow</h3>
      <PagedList pages={pages} empty='You follow nobody yet.'>
        {person => (
          <li className={styles.person}>
            <Name person={person} />
            {invitedIds.has(person.id) ? (
              <span>Invited</span>
            ) : (
              <AsyncButton onPress={async () => await onInvite(person.id)}>Invite</AsyncButton>
            )}
          </li>
        )}
      </PagedList>
    </section>
  )
}

function Name({ person: { id, displayName, avatarUrl } }: { person: Person }) {
  return (
    <span className={styles.name}>
      <Avatar id={id} name={displayName} avatarUrl={avatarUrl} size='small' />
      <strong>{displayName}</strong>
    </span>
  )
}

/** Returns the id of the person in a link to their profile; null for another text. */
function userIdOf(link: string): string | null {
  return /\/users\/([A-Za-z0-9_-]{1,64})\/?$/.exec(link.trim())?.[1] ?? null
}
