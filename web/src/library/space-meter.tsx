import type { SongSpace } from '../../../client/index.ts'
import { bytesText } from './bytes-text.ts'
import styles from './space-meter.module.css'

const nearlyFull = 0.9

/** How much of one's room is taken. */
export function SpaceMeter({ space: { usedBytes, limitBytes } }: { space: SongSpace }) {
  const isFull = usedBytes >= limitBytes * nearlyFull
  const words = `${bytesText(usedBytes)} of ${bytesText(limitBytes)} used`
  return (
    <p className={styles.space}>
      <meter
        className={`${styles.meter} ${isFull ? styles.full : ''}`}
        min={0}
        max={limitBytes}
        value={Math.min(usedBytes, limitBytes)}
        aria-label='Your room for songs'
        aria-valuetext={words}
      />
      <span>
        {words}
        {isFull && '. Delete songs you no longer play to make room.'}
      </span>
    </p>
  )
}
