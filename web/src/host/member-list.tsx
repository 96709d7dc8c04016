import { useCallback, useDeferredValue, useState } from 'react'
import { Mic, Hand } from 'lucide-react'
import type { Member, RoomView, ShowRoom } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { MoreButton } from '../menu/more-button.tsx'
import { memberActions } from '../show/member-actions.ts'
import { Avatar } from '../ui/avatar.tsx'
import { PagedList } from '../ui/paged-list.tsx'
import { TextField } from '../ui/text-field.tsx'
import { usePagedList, type PageRequest } from '../ui/use-paged-list.ts'
import styles from './member-list.module.css'

const refreshMs = 5000

/** The people in the show, with a search and a menu for each. */
export function MemberList({ view, room }: { view: RoomView; room: ShowRoom }) {
  const [search, setSearch] = useState('')
  const q = useDeferredValue(search.trim())
  const load = useCallback(
    async (page: PageRequest) => await ambient.moderation.members(room.showId, { ...page, ...(q && { q }) }),
    [room.showId, q]
  )
  const pages = usePagedList(load, refreshMs)
  return (
    <div className={styles.members}>
      <TextField label='Find someone' type='search' value={search} onChange={setSearch} />
      <PagedList pages={pages} empty={q ? 'No one here has that name.' : 'No one is here yet.'}>
        {member => (
          <li className={styles.row}>
            <Avatar id={member.id} name={member.displayName} avatarUrl={member.avatarUrl} size='small' />
            <div className={styles.text}>
              <strong>{member.displayName}</strong>
              <span className={styles.detail}>{describe(member, view)}</span>
            </div>
            {member.speak === 'onStage' && <Mic size={18} aria-hidden='true' />}
            {member.speak === 'requested' && <Hand size={18} aria-hidden='true' />}
            {actionsFor(member, view, room).length > 0 && (
              <MoreButton
                label={`More options for ${member.displayName}`}
                actions={() => actionsFor(member, view, room)}
              />
            )}
          </li>
        )}
      </PagedList>
    </div>
  )
}

function actionsFor({ id, displayName, guest }: Member, view: RoomView, room: ShowRoom) {
  return memberActions(view, room, { userId: id, displayName, isGuest: guest })
}

const roleLabels = { creator: 'Host', cohost: 'Co-host', speaker: 'Speaker', listener: 'Listening' } as const

function describe({ id, role, speak, guest, commentsMuted }: Member, { me }: RoomView): string {
  return [
    id === me.userId ? 'You' : roleLabels[role],
    guest && 'guest',
    speak === 'requested' && 'requested to speak',
    speak === 'invited' && 'invited to speak',
    commentsMuted && 'comments muted'
  ]
    .filter(Boolean)
    .join(' · ')
}
