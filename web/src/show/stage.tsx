import { MicOff } from 'lucide-react'
import { lazy, useEffect, useRef, type RefObject } from 'react'
import type { RoomView, ShowRoom, StageMember } from '../../../client/index.ts'
import { MoreButton } from '../menu/more-button.tsx'
import { PersonButton } from '../people/person-cards.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import { useMediaQuery } from '../ui/use-media-query.ts'
import { loudnessOf } from './loudness.ts'
import { memberActions } from './member-actions.ts'
import { roleLabel } from './role-label.ts'
import { useStageOrder } from './use-stage-order.ts'
import styles from './stage.module.css'

// Loaded by people on stage.
const StageAlert = lazy(async () => ({ default: (await import('../microphone/stage-alert.tsx')).StageAlert }))

/** The people on stage, with a ring around each that moves with their voice. */
export function Stage({ view, show }: { view: RoomView; show: ShowRoom }) {
  const list = useRef<HTMLUListElement>(null)
  const members = useStageOrder(view, list)
  return (
    <section aria-label='On stage'>
      {members.some(({ userId }) => userId === view.me.userId) && (
        <LazyBoundary>
          <StageAlert show={show} />
        </LazyBoundary>
      )}
      <ul ref={list} className={`${styles.stage} ${styles[sizeOf(members.length)]}`}>
        {members.map(member => (
          <li key={member.userId} className={styles.seat}>
            <PersonButton person={{ ...member, id: member.userId }} className={styles.person}>
              <SpeakerAvatar member={member} view={view} show={show} />
              <span className={styles.name}>{member.displayName}</span>
            </PersonButton>
            <span className={styles.role}>{seatLabel(view, member)}</span>
            <MemberMenu view={view} show={show} member={member} />
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The fewer people are on stage, the larger are their pictures. */
function sizeOf(count: number): 'large' | 'medium' | 'small' {
  if (count <= 2) return 'large'
  return count < 5 ? 'medium' : 'small'
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

function SpeakerAvatar({ member, view, show }: { member: StageMember; view: RoomView; show: ShowRoom }) {
  const { userId, displayName, avatarUrl, muted } = member
  const volumeDb = muted ? undefined : view.speaking.get(userId)
  const avatar = useRef<HTMLSpanElement>(null)
  useVoiceRing(avatar, show, userId, volumeDb !== undefined)
  return (
    <span
      ref={avatar}
      className={`${styles.avatar} ${isHeard(member) ? '' : styles.inactive}`}
      style={{ '--loudness': loudnessOf(volumeDb) }}
    >
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

/** Moves the ring around a speaker with every frame, unless the user prefers little motion. */
function useVoiceRing(
  avatar: RefObject<HTMLElement | null>,
  show: ShowRoom,
  userId: string,
  isSpeaking: boolean
): void {
  const isStill = useMediaQuery('(prefers-reduced-motion: reduce)')
  useEffect(() => {
    if (!isSpeaking || isStill) return
    let frame = requestAnimationFrame(function draw() {
      avatar.current?.style.setProperty('--loudness', loudnessOf(show.levelOf(userId)).toFixed(2))
      frame = requestAnimationFrame(draw)
    })
    return () => cancelAnimationFrame(frame)
  }, [avatar, show, userId, isSpeaking, isStill])
}

function seatLabel({ room }: RoomView, { userId, state, silent = false }: StageMember): string {
  if (state === 'suspended') return 'Reconnecting…'
  if (silent) return 'Connecting…'
  const role = room ? roleLabel(room, userId) : ''
  return state === 'granted' ? `${role} · microphone off` : role
}
