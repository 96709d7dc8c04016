import type { SongSpace } from '../../../client/index.ts'
import { formatBytes } from '../format/bytes.ts'
import styles from './space-meter.module.css'

/** The share of the space from which on a warning is shown. */
const warnFrom = 0.9

interface SpaceMeterProps {
  space: Pick<SongSpace, 'usedBytes' | 'limitBytes'>
  label?: string
  /** Tells how to make room when there is little. */
  advice?: string
}

/** The used and the total space of the user for songs or recordings. */
export function SpaceMeter({
  space: { usedBytes, limitBytes },
  label = 'Song storage',
  advice = 'Delete songs you no longer play to make room.'
}: SpaceMeterProps) {
  const isNearlyFull = usedBytes >= limitBytes * warnFrom
  const text = `${formatBytes(usedBytes)} of ${formatBytes(limitBytes)} used`
  return (
    <p className={styles.spaceMeter}>
      <meter
        className={`${styles.meter} ${isNearlyFull ? styles.full : ''}`}
        min={0}
        max={limitBytes}
        value={Math.min(usedBytes, limitBytes)}
        aria-label={label}
        aria-valuetext={text}
      />
      <span>
        {text}
        {isNearlyFull && `. ${advice}`}
      </span>
    </p>
  )
}
