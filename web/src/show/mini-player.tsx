import { useRef } from 'react'
import { MicOff, Pause } from 'lucide-react'
import { Link } from 'wouter'
import { findStageMember } from '../../../contract/room.ts'
import { ownerOf } from '../../../contract/stage.ts'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { LeaveButton } from '../controls/leave-button.tsx'
import { isOwnVoiceMuted, MuteToggle } from '../controls/mute-toggle.tsx'
import { UnlockButton } from '../controls/unlock-button.tsx'
import { LevelMeter } from '../microphone/level-meter.tsx'
import { useOwnMicrophone } from '../microphone/own-microphone.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { useFocusRecovery } from '../ui/use-focus-recovery.ts'
import { ClosedPlayer } from './closed-player.tsx'
import { isOnAir, useRoomView } from './current-show.ts'
import { DeviceControls } from './device-controls.tsx'
import { StageAnnouncer } from './stage-announcer.tsx'
import { titlePrefix } from './tab-title.ts'
import { useDock } from './use-dock.ts'
import { useTitlePrefix } from './use-title-prefix.ts'
import { useUnloadGuard } from './use-unload-guard.ts'
import { VoiceMeter } from './voice-meter.tsx'
import styles from './mini-player.module.css'

/** The show that the user is in, while they look at other pages: the way back, its sound, their microphone, leaving. */
export function MiniPlayer({ room }: { room: ShowRoom }) {
  const view = useRoomView(room)
  const player = useRef<HTMLElement>(null)
  useDock(player)
  useFocusRecovery(player)
  return (
    <section ref={player} className={styles.player} aria-label='Your show'>
      <div className={styles.content}>
        {view.closed ? (
          <ClosedPlayer room={room} title={view.room?.title} closed={view.closed} />
        ) : (
          <OpenPlayer view={view} room={room} />
        )}
      </div>
    </section>
  )
}

function OpenPlayer({ view, room }: { view: RoomView; room: ShowRoom }) {
  const isOnStage = isOnAir(view)
  useUnloadGuard(isOnStage)
  useTitlePrefix(titlePrefix(view))
  const host = view.room && findStageMember(view.room, ownerOf(view.room))
  return (
    <>
      {isOnStage && !isOwnVoiceMuted(view) && room.voice ? (
        <span className={styles.ownLevel}>
          <LevelMeter track={room.voice} />
        </span>
      ) : (
        <VoiceMeter view={view} room={room} />
      )}
      {host && (
        <span className={styles.avatar}>
          <Avatar id={host.userId} name={host.displayName} avatarUrl={host.avatarUrl} size='small' />
        </span>
      )}
      <div className={styles.texts}>
        <Link href={`/shows/${room.showId}`} className={styles.title ?? ''}>
          <span className='visually-hidden'>Back to the show </span>
          {view.room?.title ?? 'Joining…'}
        </Link>
        <span className={styles.status}>{statusText(view) ?? host?.displayName}</span>
      </div>
      <UnlockButton view={view} show={room} />
      {view.me.speak !== 'off' && <ResumeButton room={room} />}
      {isOnStage && <MuteToggle view={view} show={room} labelClassName={styles.label} />}
      {!isOnStage && !view.isSoundLocked && !view.isSoundPaused && (
        <AsyncButton onPress={() => room.pauseSound()}>
          <Pause size={20} aria-hidden='true' />
          <span className={styles.label}>Pause</span>
        </AsyncButton>
      )}
      <LeaveButton view={view} show={room} />
      <StageAnnouncer view={view} />
      <DeviceControls view={view} room={room} />
    </>
  )
}

/** Says that nobody hears the user on stage, and brings their voice back. */
function ResumeButton({ room }: { room: ShowRoom }) {
  const { view, resume } = useOwnMicrophone(room)
  return (
    view.state === 'lost' && (
      <AsyncButton variant='danger' label='Nobody hears you: resume' onPress={resume}>
        <MicOff size={20} aria-hidden='true' />
        Resume
      </AsyncButton>
    )
  )
}

/** Returns what is more urgent than the name of the host; null when nothing is. */
function statusText({ connection, room, me }: RoomView): string | null {
  if (connection === 'reconnecting') return 'Connection lost. Reconnecting…'
  if (me.speak === 'invited') return 'You’re invited to speak'
  if (me.speak === 'granted') return 'You can speak now'
  if (me.speak === 'suspended') return 'Your microphone is off'
  return room?.status === 'interrupted' ? 'Waiting for the host' : null
}
