import type { SongSpace } from '../../../client/index.ts'
import { formatBytes } from '../format/bytes.ts'
import styles from './space-meter.module.css'

/** The share of the space from which on a warning is shown. */
const warnFrom = 0.9

/** The used and the total space of the user for songs. */
export function SpaceMeter({ space: { usedBytes, limitBytes } }: { space: SongSpace }) {
  const isNearlyFull = usedBytes >= limitBytes * warnFrom
  const text = `${formatBytes(usedBytes)} of ${formatBytes(limitBytes)} used`
  return (
    <p className={styles.spaceMeter}>
      <meter
        className={`${styles.meter} ${isNearlyFull ? styles.full : ''}`}
        min={0}
        max={limitBytes}
        value={Math.min(usedBytes, limitBytes)}
        aria-label='Song storage'
        aria-valuetext={text}
      />
      <span>
        {text}
        {isNearlyFull && '. Delete songs you no longer play to make room.'}
      </span>
    </p>
  )
}
