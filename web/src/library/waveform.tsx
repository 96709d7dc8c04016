import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import styles from './waveform.module.css'

/** Width of a bar and the gap beside it, px. */
const pitchPx = 4
/** Silence is still drawn as a line. */
const minPeak = 0.04

interface WaveformProps {
  peaks: readonly number[]
  /** The played share of the song, 0 to 1. */
  played?: number
}

/** The loudness of a song over time, drawn with as many bars as there is room for. */
export function Waveform({ peaks, played = 0 }: WaveformProps) {
  const svg = useRef<SVGSVGElement>(null)
  const [bars, setBars] = useState(0)
  useLayoutEffect(() => {
    const element = svg.current
    if (!element) return
    const measure = () => setBars(Math.max(1, Math.floor(element.getBoundingClientRect().width / pitchPx)))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  const line = useMemo(() => pathOf(peaks, bars), [peaks, bars])
  return (
    <svg
      ref={svg}
      className={styles.waveform}
      viewBox={`0 0 ${Math.max(1, bars)} 100`}
      preserveAspectRatio='none'
      aria-hidden='true'
      focusable='false'
    >
      <path className={styles.peaks} d={line} />
      {played > 0 && (
        <path className={styles.played} d={line} style={{ clipPath: `inset(0 ${(1 - played) * 100}% 0 0)` }} />
      )}
    </svg>
  )
}

/** Returns one stroke per bar, as high as the maximum peak in it. */
function pathOf(peaks: readonly number[], bars: number): string {
  return Array.from({ length: bars }, (_, bar) => {
    const first = Math.floor((bar * peaks.length) / bars)
    const part = peaks.slice(first, Math.max(first + 1, Math.floor(((bar + 1) * peaks.length) / bars)))
    const half = Math.max(minPeak, ...part) * 46
    return `M${bar + 0.5} ${(50 - half).toFixed(1)}V${(50 + half).toFixed(1)}`
  }).join('')
}
