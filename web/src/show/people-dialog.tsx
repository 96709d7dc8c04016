import { lazy, useCallback, useState } from 'react'
import { Link } from 'wouter'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { formatCount } from '../format/count.ts'
import { PersonButton } from '../people/person-cards.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { Dialog, DialogButtons } from '../ui/dialog.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import { PagedList } from '../ui/paged-list.tsx'
import { usePagedList, type PageRequest } from '../ui/use-paged-list.ts'
import styles from './people-dialog.module.css'

// Loaded by hosts, who see everybody.
const MemberList = lazy(async () => ({ default: (await import('../host/member-list.tsx')).MemberList }))

const refreshMs = 5000
const roleLabels = { creator: 'Host', cohost: 'Co-host', speaker: 'Speaker', listener: 'Listening' } as const

interface PeopleDialogProps {
  view: RoomView
  room: ShowRoom
  onClose: () => void
}

/** Lists the people in the show: everybody for hosts, and for listeners those who let others see them. */
export function PeopleDialog({ view, room, onClose }: PeopleDialogProps) {
  return (
    <Dialog title='People in this show' isOpen onClose={onClose}>
      <div className={styles.list}>
        {view.me.isHost ? (
          <LazyBoundary>
            <MemberList view={view} room={room} />
          </LazyBoundary>
        ) : (
          <People userId={view.me.userId} showId={room.showId} />
        )}
      </div>
      <DialogButtons>
        <AsyncButton onPress={onClose}>Close</AsyncButton>
      </DialogButtons>
    </Dialog>
  )
}

function People({ userId, showId }: { userId: string; showId: string }) {
  const [guestCount, setGuestCount] = useState(0)
  const user = useUser()
  const load = useCallback(
    async (request: PageRequest) => {
      const page = await ambient.shows.people(showId, request)
      setGuestCount(page.guestCount)
      return page
    },
    [showId]
  )
  const pages = usePagedList(load, refreshMs)
  return (
    <>
      <PagedList pages={pages} empty='No one else is here yet.'>
        {person => (
          <li>
            <PersonButton person={person} className={styles.person}>
              <Avatar id={person.id} name={person.displayName} avatarUrl={person.avatarUrl} size='small' />
              <span className={styles.text}>
                <strong>{person.displayName}</strong>
                <span className={styles.detail}>{person.id === userId ? 'You' : roleLabels[person.role]}</span>
              </span>
            </PersonButton>
          </li>
        )}
      </PagedList>
      {guestCount > 0 && (
        <p className={styles.note}>{guestCount === 1 ? 'and 1 guest' : `and ${formatCount(guestCount)} guests`}</p>
      )}
      {user?.guest === false && (
        <p className={styles.note}>
          {user.listedInShows === false ? 'Other listeners don’t see you here. ' : 'Other listeners see you here. '}
          <Link href='/settings'>Change this in the settings</Link>
        </p>
      )}
    </>
  )
}
