import { useRef } from 'react'
import { useLevel } from './use-level.ts'
import styles from './level-meter.module.css'

/** Moves with the loudness of a track. For the eye only: the words beside it say whether it is on. */
export function LevelMeter({ track }: { track: MediaStreamTrack }) {
  const place = useRef<HTMLSpanElement>(null)
  useLevel(track, place)
  return (
    <span ref={place} className={styles.meter} aria-hidden='true'>
      <span className={styles.bar} />
    </span>
  )
}
