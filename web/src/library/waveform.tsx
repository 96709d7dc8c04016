import styles from './waveform.module.css'

const bars = 96
/** Also silence is a line. */
const lowest = 0.04

interface WaveformProps { peaks: readonly number[], /** How much of it is over, 0 to 1. */ played?: number }

/** How loud a song is from beginning to end, as a picture. */
export function Waveform ({ peaks, played = 0 }: WaveformProps) {
  const line = pathOf(peaks)
  return (
    <svg className={styles.waveform} viewBox={`0 0 ${bars} 100`} preserveAspectRatio='none' aria-hidden='true' focusable='false'>
      <path className={styles.all} d={line} />
      {played > 0 && <path className={styles.played} d={line} style={{ clipPath: `inset(0 ${(1 - played) * 100}% 0 0)` }} />}
    </svg>
  )
}

/** One stroke for each bar, as high as the loudest moment in it. */
function pathOf (peaks: readonly number[]): string {
  return Array.from({ length: bars }, (_, bar) => {
    const part = peaks.slice(Math.floor(bar * peaks.length / bars), Math.max(Math.floor(bar * peaks.length / bars) + 1, Math.floor((bar + 1) * peaks.length / bars)))
    const half = Math.max(lowest, ...part) * 46
    return `M${bar + 0.5} ${(50 - half).toFixed(1)}V${(50 + half).toFixed(1)}`
  }).join('')
}
