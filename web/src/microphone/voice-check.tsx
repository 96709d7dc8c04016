import { useEffect, useRef, useState } from 'react'
import { useUser } from '../ambient.ts'
import { Avatar } from '../ui/avatar.tsx'
import { useLevel } from './use-level.ts'
import styles from './voice-check.module.css'

type VoiceState = 'opening' | 'waiting' | 'heard' | 'silent'

/** The time that the microphone may stay silent before a hint is shown. */
const silenceTimeoutMs = 6000

/**
 * Shows the user as others will see them, with the level of their voice and a message that says whether it is heard.
 * The space is reserved until there is a track.
 */
export function VoiceCheck({ track, isMicrophone }: { track: MediaStreamTrack | null; isMicrophone: boolean }) {
  const user = useUser()
  const [state, setState] = useState<VoiceState>('opening')
  const container = useRef<HTMLDivElement>(null)
  useLevel(track, container, () => setState('heard'))

  useEffect(() => {
    if (!track) return
    setState('waiting')
    const timer = setTimeout(() => setState(current => (current === 'waiting' ? 'silent' : current)), silenceTimeoutMs)
    return () => clearTimeout(timer)
  }, [track])

  return (
    <div ref={container} className={styles.voiceCheck}>
      <span className={styles.avatar}>
        <Avatar id={user?.id ?? ''} name={user?.displayName ?? ''} avatarUrl={user?.avatarUrl ?? null} size='medium' />
      </span>
      <span className={styles.meter} aria-hidden='true'>
        <span className={styles.bar} />
      </span>
      <p role='status' className={`${styles.message} ${state === 'heard' ? styles.success : ''}`}>
        {messageFor(state, isMicrophone)}
      </p>
    </div>
  )
}

function messageFor(state: VoiceState, isMicrophone: boolean): string {
  if (!isMicrophone) return state === 'opening' ? '' : 'This is what others will hear.'
  switch (state) {
    case 'opening':
      return 'Allow the microphone when your browser asks. No one else can hear you yet.'
    case 'waiting':
      return 'Say something. The ring moves with your voice.'
    case 'heard':
      return 'We can hear you.'
    case 'silent':
      return 'We can’t hear you yet. Is your microphone muted, or do you need a different one?'
  }
}
