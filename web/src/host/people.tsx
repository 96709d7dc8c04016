import { useCallback, useDeferredValue, useState } from 'react'
import { Mic, Hand } from 'lucide-react'
import type { Member, RoomView, ShowRoom } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { Field } from '../parts/field.tsx'
import { Listing } from '../parts/listing.tsx'
import { Portrait } from '../parts/portrait.tsx'
import { usePages, type PageAsked } from '../parts/use-pages.ts'
import { actsOn } from '../stage/acts-on.ts'
import { More } from '../stage/more.tsx'
import styles from './people.module.css'

const refreshMs = 5000

/** Who is here, to find and to do something about. */
export function People({ view, room }: { view: RoomView; room: ShowRoom }) {
  const [words, setWords] = useState('')
  const q = useDeferredValue(words.trim())
  const load = useCallback(
    async (page: PageAsked) => await ambient.moderation.members(room.showId, { ...page, ...(q && { q }) }),
    [room.showId, q]
  )
  const pages = usePages(load, refreshMs)
  return (
    <div className={styles.people}>
      <Field label='Find somebody' type='search' value={words} onChange={setWords} />
      <Listing pages={pages} empty={q ? 'Nobody here has such a name.' : 'Nobody is here yet.'}>
        {member => (
          <li className={styles.person}>
            <Portrait id={member.id} name={member.displayName} avatarUrl={member.avatarUrl} size='small' />
            <div className={styles.text}>
              <strong>{member.displayName}</strong>
              <span className={styles.role}>{describe(member, view)}</span>
            </div>
            {member.speak === 'onStage' && <Mic size={18} aria-hidden='true' />}
            {member.speak === 'requested' && <Hand size={18} aria-hidden='true' />}
            {actsFor(member, view, room).length > 0 && (
              <More label={`More for ${member.displayName}`} acts={() => actsFor(member, view, room)} />
            )}
          </li>
        )}
      </Listing>
    </div>
  )
}

function actsFor({ id, displayName, guest }: Member, view: RoomView, room: ShowRoom) {
  return actsOn(view, room, { userId: id, displayName, isGuest: guest })
}

const roles = { creator: 'Host', cohost: 'Co-host', speaker: 'Speaker', listener: 'Listening' } as const

function describe({ id, role, speak, guest, commentsMuted }: Member, { me }: RoomView): string {
  return [
    id === me.userId ? 'You' : roles[role],
    guest && 'guest',
    speak === 'requested' && 'asks to speak',
    speak === 'invited' && 'invited to speak',
    commentsMuted && 'comments muted'
  ]
    .filter(Boolean)
    .join(' · ')
}
