import { useEffect, useRef, useState } from 'react'
import { Slider } from 'react-aria-components'
import type { NowPlaying } from '../../../client/index.ts'
import { errorMessage } from '../errors.ts'
import { formatDuration } from '../format/duration.ts'
import { SongAudience } from '../live/song-audience.tsx'
import { SliderTrack } from '../ui/slider-track.tsx'
import styles from './seek-bar.module.css'

/**
 * The seek is sent after this pause, so that several key presses are one seek: every seek is broadcast to all
 * listeners.
 */
const debounceMs = 150

interface SeekBarProps {
  playing: NowPlaying
  onSeek: (positionMs: number) => Promise<void>
}

/** The position of what plays, with the time left. While it is dragged, it does not follow the playback. */
export function SeekBar({ playing: { item, positionMs, remainingMs }, onSeek }: SeekBarProps) {
  /** The position while dragging and until the seek is done, seconds. */
  const [draggedS, setDraggedS] = useState<number | null>(null)
  const [error, setError] = useState<string | null>(null)
  const lengthS = Math.floor(item.durationMs / 1000)
  const shownMs = draggedS === null ? positionMs : draggedS * 1000

  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])

  function scheduleSeek(seconds: number) {
    setDraggedS(seconds)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      seek(seconds)
    }, debounceMs)
  }

  async function seek(seconds: number) {
    setError(null)
    await onSeek(seconds * 1000).catch((error: unknown) => setError(errorMessage(error)))
    setDraggedS(current => (current === seconds ? null : current))
  }

  return (
    <div>
      <Slider
        aria-label='Position'
        className={styles.slider ?? ''}
        minValue={0}
        maxValue={lengthS}
        value={Math.min(Math.floor(shownMs / 1000), lengthS)}
        onChange={seconds => {
          clearTimeout(timer.current)
          setDraggedS(seconds)
        }}
        onChangeEnd={scheduleSeek}
        formatOptions={{ style: 'unit', unit: 'second', unitDisplay: 'long' }}
      >
        <SliderTrack />
      </Slider>
      <span className={styles.times}>
        <span data-position='now'>{formatDuration(shownMs)}</span>
        <SongAudience songId={item.songId ?? null} />
        <span>{formatDuration(draggedS === null ? remainingMs : item.durationMs - shownMs)} left</span>
      </span>
      {error && (
        <p role='alert' className={styles.error}>
          {error}
        </p>
      )}
    </div>
  )
}
