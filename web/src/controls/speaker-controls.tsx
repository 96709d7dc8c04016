import { lazy, useState } from 'react'
import { Mic, MicOff, Settings2 } from 'lucide-react'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { LevelMeter } from '../microphone/level-meter.tsx'
import { useOwnMicrophone } from '../microphone/own-microphone.ts'
import { RecordingStarted } from '../recording/recording-started.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import { BarButton } from './bar-toggle.tsx'
import { isOwnVoiceMuted, MuteToggle } from './mute-toggle.tsx'
import styles from './speaker-controls.module.css'

// Loaded when somebody chooses a microphone.
const SourcePicker = lazy(async () => ({ default: (await import('../microphone/source-picker.tsx')).SourcePicker }))
const MicrophoneDialog = lazy(async () => ({
  default: (await import('../microphone/microphone-dialog.tsx')).MicrophoneDialog
}))

interface SpeakerControlsProps {
  view: RoomView
  show: ShowRoom
}

/** The controls of people on stage: the microphone, muting, and what they learn about a recording. */
export function SpeakerControls(props: SpeakerControlsProps) {
  const { view, show } = props
  const { view: own } = useOwnMicrophone(show)
  const isOnStage = view.me.speak === 'onStage'
  const isOpening = own.state === 'opening' || own.state === 'on'
  return (
    <>
      <RecordingStarted {...props} />
      {own.state === 'lost' && <LostMicrophone show={show} />}
      {isOnStage && <MuteButton {...props} />}
      {!isOnStage && own.state !== 'lost' && !isOpening && <MicrophoneStart {...props} />}
      {!isOnStage && own.state !== 'lost' && isOpening && (
        <span className={styles.status}>Turning on your microphone…</span>
      )}
      {(isOnStage || own.state === 'lost') && (
        <>
          <MicrophoneButton show={show} />
          <StepDown {...props} />
        </>
      )}
    </>
  )
}

/** Says in the bar that nobody hears the user, and brings their voice back. The stage says why. */
function LostMicrophone({ show }: { show: ShowRoom }) {
  const { resume } = useOwnMicrophone(show)
  return (
    <AsyncButton variant='primary' onPress={resume}>
      <MicOff size={20} aria-hidden='true' />
      Nobody hears you: resume
    </AsyncButton>
  )
}

/** Opens the choice of another microphone. */
function MicrophoneButton({ show }: { show: ShowRoom }) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      <BarButton label='Change microphone' count={0} onPress={() => setIsOpen(true)}>
        <Settings2 size={22} aria-hidden='true' />
      </BarButton>
      {isOpen && (
        <LazyBoundary>
          <MicrophoneDialog show={show} onClose={() => setIsOpen(false)} />
        </LazyBoundary>
      )}
    </>
  )
}

function StepDown({ view, show }: SpeakerControlsProps) {
  return view.me.role !== 'creator' && <AsyncButton onPress={async () => await show.stepDown()}>Step down</AsyncButton>
}

/** Chooses and turns on the microphone. Only its owner turns on a microphone for the first time. */
function MicrophoneStart(props: SpeakerControlsProps) {
  const [isChoosing, setIsChoosing] = useState(false)
  if (!isChoosing) {
    return (
      <>
        <AsyncButton variant='primary' onPress={() => setIsChoosing(true)}>
          <Mic size={20} aria-hidden='true' />
          Turn on your microphone
        </AsyncButton>
        <StepDown {...props} />
      </>
    )
  }
  return (
    <div className={styles.picker}>
      <LazyBoundary>
        <SourcePicker confirmLabel='Start speaking' onConfirm={async track => await props.show.publish(track)} />
      </LazyBoundary>
      <AsyncButton variant='quiet' onPress={() => setIsChoosing(false)}>
        Not now
      </AsyncButton>
    </div>
  )
}

function MuteButton({ view, show }: SpeakerControlsProps) {
  return (
    <span className={styles.muteButton}>
      <MuteToggle view={view} show={show} />
      {!isOwnVoiceMuted(view) && show.voice && (
        <span className={styles.level}>
          <LevelMeter track={show.voice} />
        </span>
      )}
    </span>
  )
}
