import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import styles from './waveform.module.css'

/** A bar and the room beside it, px. */
const pitch = 4
/** Also silence is a line. */
const lowest = 0.04

interface WaveformProps {
  peaks: readonly number[]
  /** How much of it is over, 0 to 1. */ played?: number
}

/** How loud a song is from beginning to end, as a picture: as many bars as there is room for. */
export function Waveform({ peaks, played = 0 }: WaveformProps) {
  const place = useRef<SVGSVGElement>(null)
  const [bars, setBars] = useState(0)
  useLayoutEffect(() => {
    const element = place.current
    if (!element) return
    const measure = () => setBars(Math.max(1, Math.floor(element.getBoundingClientRect().width / pitch)))
    measure()
    const watching = new ResizeObserver(measure)
    watching.observe(element)
    return () => watching.disconnect()
  }, [])

  const line = useMemo(() => pathOf(peaks, bars), [peaks, bars])
  return (
    <svg
      ref={place}
      className={styles.waveform}
      viewBox={`0 0 ${Math.max(1, bars)} 100`}
      preserveAspectRatio='none'
      aria-hidden='true'
      focusable='false'
    >
      <path className={styles.all} d={line} />
      {played > 0 && (
        <path className={styles.played} d={line} style={{ clipPath: `inset(0 ${(1 - played) * 100}% 0 0)` }} />
      )}
    </svg>
  )
}

/** One stroke for each bar, as high as the loudest moment in it. */
function pathOf(peaks: readonly number[], bars: number): string {
  return Array.from({ length: bars }, (_, bar) => {
    const first = Math.floor((bar * peaks.length) / bars)
    const part = peaks.slice(first, Math.max(first + 1, Math.floor(((bar + 1) * peaks.length) / bars)))
    const half = Math.max(lowest, ...part) * 46
    return `M${bar + 0.5} ${(50 - half).toFixed(1)}V${(50 + half).toFixed(1)}`
  }).join('')
}
