import { MicOff } from 'lucide-react'
import type { RoomView, ShowRoom, StageMember } from '../../../client/index.ts'
import { MoreButton } from '../menu/more-button.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { memberActions } from './member-actions.ts'
import { roleLabel } from './role-label.ts'
import styles from './stage.module.css'

/** Loudness shown as silence, dBov. */
const minVolumeDb = -60

/** The people on stage, with a ring around each that moves with their voice. */
export function Stage({ view, show }: { view: RoomView; show: ShowRoom }) {
  const { room } = view
  if (!room) return null
  return (
    <section aria-label='On stage'>
      <ul className={styles.stage}>
        {room.stage.map(member => (
          <li key={member.userId} className={styles.seat}>
            <SpeakerAvatar member={member} loudness={loudnessOf(view, member)} />
            <span className={styles.name}>{member.displayName}</span>
            <span className={styles.role}>{seatLabel(view, member)}</span>
            <MemberMenu view={view} show={show} member={member} />
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The menu for hosts of what they can do about a person on stage. */
function MemberMenu({ view, show, member }: { view: RoomView; show: ShowRoom; member: StageMember }) {
  const actions = () => memberActions(view, show, member)
  return (
    actions().length > 0 && (
      <span className={styles.menu}>
        <MoreButton label={`More options for ${member.displayName}`} actions={actions} />
      </span>
    )
  )
}

function SpeakerAvatar({ member, loudness }: { member: StageMember; loudness: number }) {
  const { userId, displayName, avatarUrl, muted } = member
  return (
    <span className={`${styles.avatar} ${isHeard(member) ? '' : styles.inactive}`} style={{ '--loudness': loudness }}>
      <Avatar id={userId} name={displayName} avatarUrl={avatarUrl} />
      {muted && (
        <span className={styles.mutedBadge}>
          <MicOff size={18} aria-hidden='true' />
          <span className='visually-hidden'>muted</span>
        </span>
      )}
    </span>
  )
}

/** Whether the person is on stage and their voice has arrived. */
function isHeard({ state, silent = false }: StageMember): boolean {
  return state === 'onStage' && !silent
}

/** Returns the loudness of a voice, from 0 for silence to 1. */
function loudnessOf({ speaking }: RoomView, { userId, muted }: StageMember): number {
  const volumeDb = speaking.get(userId)
  return volumeDb === undefined || muted ? 0 : Math.max(0, 1 - volumeDb / minVolumeDb)
}

function seatLabel({ room }: RoomView, { userId, state, silent = false }: StageMember): string {
  if (state === 'suspended') return 'Reconnecting…'
  if (silent) return 'Connecting…'
  const role = room ? roleLabel(room, userId) : ''
  return state === 'granted' ? `${role} · microphone off` : role
}
