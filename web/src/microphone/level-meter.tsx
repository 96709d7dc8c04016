import { useRef } from 'react'
import { useLevel } from './use-level.ts'
import styles from './level-meter.module.css'

/**
 * A bar that moves with the loudness of a track. Hidden from screen readers: the button beside it says whether it is
 * on.
 */
export function LevelMeter({ track }: { track: MediaStreamTrack }) {
  const meter = useRef<HTMLSpanElement>(null)
  useLevel(track, meter)
  return (
    <span ref={meter} className={styles.meter} aria-hidden='true'>
      <span className={styles.bar} />
    </span>
  )
}
