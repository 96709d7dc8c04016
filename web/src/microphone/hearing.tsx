import { useEffect, useRef, useState } from 'react'
import { useUser } from '../ambient.ts'
import { Portrait } from '../parts/portrait.tsx'
import { useLevel } from './use-level.ts'
import styles from './hearing.module.css'

/** Who has said nothing until then wonders whether they are heard. */
const patienceMs = 6000

/** Oneself as others will see and hear one, and in words whether a voice comes through. Holds its place until there is a track. */
export function Hearing({ track, isMicrophone }: { track: MediaStreamTrack | null; isMicrophone: boolean }) {
  const user = useUser()
  const [state, setState] = useState<'opening' | 'waiting' | 'heard' | 'silent'>('opening')
  const place = useRef<HTMLDivElement>(null)
  useLevel(track, place, () => setState('heard'))

  useEffect(() => {
    if (!track) return
    setState('waiting')
    const timer = setTimeout(() => setState(before => (before === 'waiting' ? 'silent' : before)), patienceMs)
    return () => clearTimeout(timer)
  }, [track])

  return (
    <div ref={place} className={styles.hearing}>
      <span className={styles.face}>
        <Portrait
          id={user?.id ?? ''}
          name={user?.displayName ?? ''}
          avatarUrl={user?.avatarUrl ?? null}
          size='medium'
        />
      </span>
      <span className={styles.meter} aria-hidden='true'>
        <span className={styles.bar} />
      </span>
      <p role='status' className={`${styles.words} ${state === 'heard' ? styles.heard : ''}`}>
        {wordsOf(state, isMicrophone)}
      </p>
    </div>
  )
}

function wordsOf(state: 'opening' | 'waiting' | 'heard' | 'silent', isMicrophone: boolean): string {
  if (!isMicrophone) return state === 'opening' ? '' : 'This is what others will hear.'
  switch (state) {
    case 'opening':
      return 'Allow the microphone when your browser asks. Nobody else hears you yet.'
    case 'waiting':
      return 'Say something: the ring moves with your voice.'
    case 'heard':
      return 'Your voice comes through.'
    case 'silent':
      return 'Nothing is heard yet. Is the microphone muted, or do you mean another one?'
  }
}
