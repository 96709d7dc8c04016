import { lazy, useState } from 'react'
import { Hand, Mic, MicOff } from 'lucide-react'
import { useLocation } from 'wouter'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { useUser } from '../ambient.ts'
import { signInPath } from '../sign-in/return-path.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import styles from './speak-controls.module.css'

// Loaded by people who speak, not by every listener.
const SpeakRequestForm = lazy(async () => ({ default: (await import('./speak-request-form.tsx')).SpeakRequestForm }))
const SourcePicker = lazy(async () => ({ default: (await import('../microphone/source-picker.tsx')).SourcePicker }))
const RecordingStarted = lazy(async () => ({
  default: (await import('../recording/recording-started.tsx')).RecordingStarted
}))
const LevelMeter = lazy(async () => ({ default: (await import('../microphone/level-meter.tsx')).LevelMeter }))

interface SpeakControlsProps {
  view: RoomView
  show: ShowRoom
}

/** The controls for speaking, with what people learn about a recording on stage and before they go there. */
export function SpeakControls(props: SpeakControlsProps) {
  const { me, room } = props.view
  const isMicrophoneOff = me.speak === 'granted' || me.speak === 'suspended'
  const isNext = me.speak === 'invited' || (me.isHost && me.speak === 'off')
  return (
    <>
      {(isMicrophoneOff || me.speak === 'onStage') && (
        <LazyBoundary>
          <RecordingStarted {...props} />
        </LazyBoundary>
      )}
      {room?.recording && (isNext || (isMicrophoneOff && me.role !== 'creator')) && <RecordedNotice />}
      <StateControls {...props} />
    </>
  )
}

/** Says, before somebody goes on stage, that the show is recorded. */
function RecordedNotice() {
  return <p className={styles.recorded}>This show is being recorded. On stage, your voice is too.</p>
}

/** The controls for each state: request, cancel, answer an invitation, turn on the microphone, mute. */
function StateControls({ view, show }: SpeakControlsProps) {
  const { me, microphone, room } = view
  switch (me.speak) {
    case 'off':
      if (me.isHost) {
        return (
          <AsyncButton variant='primary' onPress={async () => await show.requestFloor()}>
            <Hand size={20} aria-hidden='true' />
            Go on stage
          </AsyncButton>
        )
      }
      return room?.settings.speakRequests === 'closed' ? (
        <span className={styles.status}>The host isn’t taking requests right now</span>
      ) : (
        <SpeakRequest isRecorded={room?.recording !== undefined} show={show} />
      )
    case 'requested':
      return (
        <>
          <span className={styles.status}>Request sent{me.position === null ? '' : ` · #${me.position} in line`}</span>
          <AsyncButton onPress={async () => await show.cancelRequest()}>Cancel request</AsyncButton>
        </>
      )
    case 'invited':
      return (
        <>
          <span className={styles.status}>You’re invited to speak</span>
          <AsyncButton variant='primary' onPress={async () => await show.answerInvitation(true)}>
            Join the stage
          </AsyncButton>
          <AsyncButton onPress={async () => await show.answerInvitation(false)}>No thanks</AsyncButton>
        </>
      )
    case 'granted':
    case 'suspended':
      if (microphone === 'on' || microphone === 'starting') {
        return <span className={styles.status}>Turning on your microphone…</span>
      }
      return <MicrophoneStart view={view} show={show} />
    case 'onStage':
      return <StageControls view={view} show={show} />
  }
}

/** The button that opens the request form. Guests sign in first. */
function SpeakRequest({ isRecorded, show }: { isRecorded: boolean; show: ShowRoom }) {
  const [isOpen, setIsOpen] = useState(false)
  const isGuest = useUser()?.guest
  const [, navigate] = useLocation()
  if (isOpen) {
    return (
      <>
        {isRecorded && <RecordedNotice />}
        <LazyBoundary>
          <SpeakRequestForm show={show} onClose={() => setIsOpen(false)} />
        </LazyBoundary>
      </>
    )
  }
  return (
    <AsyncButton
      variant='primary'
      onPress={() => (isGuest ? navigate(signInPath(`/shows/${show.showId}`)) : setIsOpen(true))}
    >
      <Hand size={20} aria-hidden='true' className={styles.requestIcon} />
      {isGuest ? 'Sign in to speak' : 'Request to speak'}
    </AsyncButton>
  )
}

/** Chooses and turns on the microphone. Only its owner ever opens a microphone. */
function MicrophoneStart({ view, show }: SpeakControlsProps) {
  const [isChoosing, setIsChoosing] = useState(false)
  if (!isChoosing) {
    return (
      <>
        <AsyncButton variant='primary' onPress={() => setIsChoosing(true)}>
          <Mic size={20} aria-hidden='true' />
          Turn on your microphone
        </AsyncButton>
        {view.me.role !== 'creator' && <AsyncButton onPress={async () => await show.stepDown()}>Step down</AsyncButton>}
      </>
    )
  }
  return (
    <div className={styles.picker}>
      <LazyBoundary>
        <SourcePicker confirmLabel='Start speaking' onConfirm={async track => await show.publish(track)} />
      </LazyBoundary>
      <AsyncButton variant='quiet' onPress={() => setIsChoosing(false)}>
        Not now
      </AsyncButton>
    </div>
  )
}

function StageControls({ view: { me, room }, show }: SpeakControlsProps) {
  const isMuted = room?.stage.find(({ userId }) => userId === me.userId)?.muted ?? false
  return (
    <>
      <span className={styles.muteButton}>
        <AsyncButton
          variant={isMuted ? 'primary' : 'secondary'}
          onPress={async () => await show.mute(me.userId, !isMuted)}
        >
          {isMuted ? <Mic size={20} aria-hidden='true' /> : <MicOff size={20} aria-hidden='true' />}
          {isMuted ? 'Unmute' : 'Mute'}
        </AsyncButton>
        {!isMuted && show.voice && (
          <span className={styles.level}>
            <LazyBoundary>
              <LevelMeter track={show.voice} />
            </LazyBoundary>
          </span>
        )}
      </span>
      {me.role !== 'creator' && <AsyncButton onPress={async () => await show.stepDown()}>Step down</AsyncButton>}
    </>
  )
}
