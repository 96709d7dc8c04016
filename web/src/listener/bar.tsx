import { lazy, useRef, useState, type ReactNode } from 'react'
import { Button } from 'react-aria-components'
import { useLocation } from 'wouter'
import { Hand, LogOut, MessageCircle, Mic, MicOff, Smile, Volume2, VolumeX } from 'lucide-react'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Later } from '../parts/later.tsx'
import { AskToSpeak } from './ask-to-speak.tsx'
import { Reactions } from './reactions.tsx'
import { useKeptFocus } from './use-kept-focus.ts'
import styles from './bar.module.css'

// Loaded when somebody speaks, leaves, or finds it too loud, not by everybody who listens.
const SourcePicker = lazy(async () => ({ default: (await import('../microphone/source-picker.tsx')).SourcePicker }))
const Volumes = lazy(async () => ({ default: (await import('./volumes.tsx')).Volumes }))
const Confirm = lazy(async () => ({ default: (await import('../parts/confirm.tsx')).Confirm }))
const LevelMeter = lazy(async () => ({ default: (await import('../microphone/level-meter.tsx')).LevelMeter }))

interface BarProps {
  view: RoomView
  show: ShowRoom
  /** The comments, where they don't stand beside the show: whether they are open, how many are new, and how to open them. */
  comments: { isOpen: boolean; unread: number; handleToggle: () => void } | null
}

/** The bar at the thumb: sound, speaking and its states, reactions, comments, leaving. */
export function Bar({ view, show, comments }: BarProps) {
  const [reacting, setReacting] = useState(false)
  const [tuning, setTuning] = useState(false)
  const { song, voice } = view.volumes
  const queueLength = view.room?.queue.length ?? 0
  const speaking = useRef<HTMLSpanElement>(null)
  useKeptFocus(speaking)
  const VolumeIcon = song + voice === 0 ? VolumeX : Volume2
  return (
    <div className={styles.bar} role='region' aria-label='Your part'>
      {view.isSoundLocked && (
        <Action kind='main' onPress={async () => await show.unlockSound()}>
          <Volume2 size={20} aria-hidden='true' />
          Tap to listen
        </Action>
      )}
      <span ref={speaking} className={styles.speaking}>
        <Speaking view={view} show={show} />
      </span>
      <div className={styles.always}>
        <Toggle label='React' isOn={reacting} controls='reactions' onPress={() => setReacting(!reacting)}>
          <Smile size={22} aria-hidden='true' />
        </Toggle>
        {comments && (
          <Toggle
            label={comments.unread > 0 ? `Comments, ${comments.unread} new` : 'Comments'}
            isOn={comments.isOpen}
            controls='comments'
            onPress={comments.handleToggle}
          >
            <MessageCircle size={22} aria-hidden='true' />
            {comments.unread > 0 && (
              <span className={styles.unread}>{comments.unread > 99 ? '99+' : comments.unread}</span>
            )}
          </Toggle>
        )}
        {comments && view.me.isHost && queueLength > 0 && (
          <Button className={styles.toggle ?? ''} aria-label={`${queueLength} asking to speak`} onPress={showQueue}>
            <Hand size={22} aria-hidden='true' />
            <span className={styles.unread}>{queueLength}</span>
          </Button>
        )}
        <Toggle label='Volume' isOn={tuning} controls='volumes' onPress={() => setTuning(!tuning)}>
          <VolumeIcon size={22} aria-hidden='true' />
        </Toggle>
        <Leaving view={view} show={show} />
      </div>
      {tuning && (
        <Later>
          <Volumes show={show} onClose={() => setTuning(false)} />
        </Later>
      )}
      {reacting && <Reactions show={show} onClose={() => setReacting(false)} />}
    </div>
  )
}

/** On a phone, who asks stands below what plays. */
function showQueue(): void {
  const queue = document.getElementById('queue')
  queue?.scrollIntoView({ block: 'center' })
  queue?.focus({ preventScroll: true })
}

interface ToggleProps {
  label: string
  isOn: boolean
  controls: string
  onPress: () => void
  children: ReactNode
}

/** Opens and closes something. */
function Toggle({ label, isOn, controls, onPress, children }: ToggleProps) {
  return (
    <Button
      className={styles.toggle ?? ''}
      aria-label={label}
      aria-expanded={isOn}
      {...(isOn && { 'aria-controls': controls })}
      onPress={onPress}
    >
      {children}
    </Button>
  )
}

function Speaking({ view, show }: { view: RoomView; show: ShowRoom }) {
  const { me, microphone, room } = view
  switch (me.speak) {
    case 'off':
      if (me.isHost) {
        return (
          <Action kind='main' onPress={async () => await show.requestFloor()}>
            <Hand size={20} aria-hidden='true' />
            Go on stage
          </Action>
        )
      }
      return room?.settings.speakRequests === 'closed' ? (
        <span className={styles.word}>The host takes no requests now</span>
      ) : (
        <Asking show={show} />
      )
    case 'requested':
      return (
        <>
          <span className={styles.word}>You asked{me.position === null ? '' : ` · place ${me.position}`}</span>
          <Action onPress={async () => await show.cancelRequest()}>Take it back</Action>
        </>
      )
    case 'invited':
      return (
        <>
          <span className={styles.word}>You are invited to speak</span>
          <Action kind='main' onPress={async () => await show.answerInvitation(true)}>
            Come on stage
          </Action>
          <Action onPress={async () => await show.answerInvitation(false)}>No, thanks</Action>
        </>
      )
    case 'granted':
    case 'suspended':
      if (microphone === 'on' || microphone === 'starting') {
        return <span className={styles.word}>Turning on your microphone…</span>
      }
      return <MicrophoneOff view={view} show={show} />
    case 'onStage':
      return <OnStage view={view} show={show} />
  }
}

/** Asking, and if one likes with a word why. */
function Asking({ show }: { show: ShowRoom }) {
  const [isOpen, setOpen] = useState(false)
  if (isOpen) return <AskToSpeak show={show} onClose={() => setOpen(false)} />
  return (
    <Action kind='main' onPress={() => setOpen(true)}>
      <Hand size={20} aria-hidden='true' />
      Ask to speak
    </Action>
  )
}

/** Accepted: nobody opens a microphone but its owner. */
function MicrophoneOff({ view, show }: { view: RoomView; show: ShowRoom }) {
  const [choosing, setChoosing] = useState(false)
  if (!choosing) {
    return (
      <>
        <Action kind='main' onPress={() => setChoosing(true)}>
          <Mic size={20} aria-hidden='true' />
          Turn on your microphone
        </Action>
        {view.me.role !== 'creator' && <Action onPress={async () => await show.stepDown()}>Step down</Action>}
      </>
    )
  }
  return (
    <div className={styles.picker}>
      <Later>
        <SourcePicker confirm='Speak' onConfirm={async track => await show.publish(track)} />
      </Later>
      <Action kind='quiet' onPress={() => setChoosing(false)}>
        Not now
      </Action>
    </div>
  )
}

function OnStage({ view: { me, room }, show }: { view: RoomView; show: ShowRoom }) {
  const muted = room?.stage.find(({ userId }) => userId === me.userId)?.muted ?? false
  return (
    <>
      <span className={styles.own}>
        <Action kind={muted ? 'main' : 'plain'} onPress={async () => await show.mute(me.userId, !muted)}>
          {muted ? <Mic size={20} aria-hidden='true' /> : <MicOff size={20} aria-hidden='true' />}
          {muted ? 'Unmute' : 'Mute'}
        </Action>
        {!muted && show.voice && (
          <span className={styles.level}>
            <Later>
              <LevelMeter track={show.voice} />
            </Later>
          </span>
        )}
      </span>
      {me.role !== 'creator' && <Action onPress={async () => await show.stepDown()}>Step down</Action>}
    </>
  )
}

/** The creator ends the show for everybody; anybody else leaves, and is asked first when others hear them. */
function Leaving({ view: { me }, show }: { view: RoomView; show: ShowRoom }) {
  const [asking, setAsking] = useState(false)
  const [, go] = useLocation()
  const creator = me.role === 'creator'
  const leave = async () => {
    await show.leave()
    go('/')
  }
  const question = (
    <Confirm
      title={creator ? 'End the show?' : 'Leave the stage and the show?'}
      confirm={creator ? 'End show' : 'Leave'}
      isOpen={asking}
      onClose={() => setAsking(false)}
      onConfirm={
        creator
          ? async () => {
              await ambient.shows.end(show.showId)
            }
          : leave
      }
    >
      {creator ? 'Everybody leaves, and it can’t be opened again.' : 'You are on stage; others hear you.'}
    </Confirm>
  )
  return (
    <>
      <Action
        kind={creator ? 'danger' : 'quiet'}
        onPress={async () => {
          if (creator || me.speak === 'onStage') setAsking(true)
          else await leave()
        }}
      >
        {creator ? (
          'End show'
        ) : (
          <>
            <LogOut size={20} aria-hidden='true' />
            <span className={styles.words}>Leave</span>
          </>
        )}
      </Action>
      {asking && <Later>{question}</Later>}
    </>
  )
}
