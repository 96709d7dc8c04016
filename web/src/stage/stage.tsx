import { MicOff } from 'lucide-react'
import type { RoomView, ShowRoom, StageMember } from '../../../client/index.ts'
import { Portrait } from '../parts/portrait.tsx'
import { actsOn } from './acts-on.ts'
import { More } from './more.tsx'
import { roleText } from './role-text.ts'
import styles from './stage.module.css'

const quietestDb = -60

/** Who has the floor, and whose voice it is just now. */
export function Stage({ view, show }: { view: RoomView; show: ShowRoom }) {
  const { room } = view
  if (!room) return null
  return (
    <section aria-label='On stage'>
      <ul className={styles.stage}>
        {room.stage.map(member => (
          <li key={member.userId} className={styles.seat}>
            <Voice member={member} loudness={loudnessOf(view, member)} />
            <span className={styles.name}>{member.displayName}</span>
            <span className={styles.role}>{roleWords(view, member)}</span>
            <MemberMore view={view} show={show} member={member} />
          </li>
        ))}
      </ul>
    </section>
  )
}

/** For hosts: what they can do about somebody on stage. */
function MemberMore({ view, show, member }: { view: RoomView; show: ShowRoom; member: StageMember }) {
  const acts = () => actsOn(view, show, member)
  return (
    acts().length > 0 && (
      <span className={styles.more}>
        <More label={`More for ${member.displayName}`} acts={acts} />
      </span>
    )
  )
}

function Voice({ member, loudness }: { member: StageMember; loudness: number }) {
  const { userId, displayName, avatarUrl, muted, state } = member
  return (
    <span className={`${styles.voice} ${state === 'onStage' ? '' : styles.away}`} style={{ '--loudness': loudness }}>
      <Portrait id={userId} name={displayName} avatarUrl={avatarUrl} />
      {muted && (
        <span className={styles.muted}>
          <MicOff size={18} aria-hidden='true' />
          <span className='visually-hidden'>muted</span>
        </span>
      )}
    </span>
  )
}

/** 0 for silence to 1 for loud. */
function loudnessOf({ speaking }: RoomView, { userId, muted }: StageMember): number {
  const volume = speaking.get(userId)
  return volume === undefined || muted ? 0 : Math.max(0, 1 - volume / quietestDb)
}

function roleWords({ room }: RoomView, { userId, state }: StageMember): string {
  if (state === 'suspended') return 'Reconnecting…'
  const role = room ? roleText(room, userId) : ''
  return state === 'granted' ? `${role} · microphone off` : role
}
