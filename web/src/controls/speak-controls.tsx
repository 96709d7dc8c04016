import { lazy, useState, type ReactNode } from 'react'
import { Hand } from 'lucide-react'
import { useLocation } from 'wouter'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { useUser } from '../ambient.ts'
import { signInPath } from '../sign-in/return-path.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import styles from './speak-controls.module.css'

// Loaded by people who speak or want to, not by every listener.
const SpeakerControls = lazy(async () => ({ default: (await import('./speaker-controls.tsx')).SpeakerControls }))
const SpeakRequestForm = lazy(async () => ({ default: (await import('./speak-request-form.tsx')).SpeakRequestForm }))
const SpeakingGate = lazy(async () => ({ default: (await import('../microphone/speaking-gate.tsx')).SpeakingGate }))

interface SpeakControlsProps {
  view: RoomView
  show: ShowRoom
}

/** The controls for speaking, with what people learn about a recording before they go on stage. */
export function SpeakControls(props: SpeakControlsProps) {
  const { me, room } = props.view
  const isMicrophoneOff = me.speak === 'granted' || me.speak === 'suspended'
  const isNext = me.speak === 'invited' || (me.isHost && me.speak === 'off')
  return (
    <>
      {room?.recording && (isNext || (isMicrophoneOff && me.role !== 'creator')) && <RecordedNotice />}
      <StateControls {...props} />
    </>
  )
}

/** Says, before somebody goes on stage, that the show is recorded. */
function RecordedNotice() {
  return <p className={styles.recorded}>This show is being recorded. On stage, your voice is too.</p>
}

/** The controls for each state: request, cancel, answer an invitation, and those of people on stage. */
function StateControls({ view, show }: SpeakControlsProps) {
  const { me, room } = view
  switch (me.speak) {
    case 'off':
      if (me.isHost) {
        return (
          <Gated view={view}>
            <AsyncButton variant='primary' onPress={async () => await show.requestFloor()}>
              <Hand size={20} aria-hidden='true' />
              Go on stage
            </AsyncButton>
          </Gated>
        )
      }
      return room?.settings.speakRequests === 'closed' && room.status !== 'scheduled' ? (
        <span className={styles.status}>The host isn’t taking requests right now</span>
      ) : (
        <SpeakRequest view={view} show={show} />
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
          <Gated view={view}>
            <AsyncButton variant='primary' onPress={async () => await show.answerInvitation(true)}>
              Join the stage
            </AsyncButton>
          </Gated>
          <AsyncButton onPress={async () => await show.answerInvitation(false)}>No thanks</AsyncButton>
        </>
      )
    case 'granted':
    case 'suspended':
    case 'onStage':
      return (
        <LazyBoundary>
          <SpeakerControls view={view} show={show} />
        </LazyBoundary>
      )
  }
}

/** Shows what leads to speaking where this page can send a voice, and otherwise what the user can do about it. */
function Gated({ view, children }: { view: RoomView; children: ReactNode }) {
  return (
    <LazyBoundary>
      <SpeakingGate isMediaSupported={view.isMediaSupported}>{children}</SpeakingGate>
    </LazyBoundary>
  )
}

/** The button that opens the request form. Guests sign in first. */
function SpeakRequest({ view, show }: SpeakControlsProps) {
  const [isOpen, setIsOpen] = useState(false)
  const isGuest = useUser()?.guest
  const [, navigate] = useLocation()
  const close = () => setIsOpen(false)
  if (isOpen) {
    return (
      <>
        {view.room?.recording && <RecordedNotice />}
        <LazyBoundary>
          <SpeakRequestForm view={view} show={show} onClose={close} />
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
