import { useState } from 'react'
import { Slider, SliderThumb, SliderTrack } from 'react-aria-components'
import { Waveform } from './waveform.tsx'
import styles from './waveform-slider.module.css'

interface WaveformSliderProps {
  label: string
  peaks: readonly number[]
  durationMs: number
  positionMs: number
  onSeek: (positionMs: number) => void
}

/** The position in a song on its waveform. While it is dragged, it does not follow the playback. */
export function WaveformSlider({ label, peaks, durationMs, positionMs, onSeek }: WaveformSliderProps) {
  /** The position while dragging, seconds. */
  const [draggedS, setDraggedS] = useState<number | null>(null)
  const lengthS = Math.max(1, Math.floor(durationMs / 1000))
  const shownS = draggedS ?? positionMs / 1000
  return (
    <Slider
      aria-label={label}
      className={styles.slider ?? ''}
      minValue={0}
      maxValue={lengthS}
      value={Math.min(Math.floor(shownS), lengthS)}
      onChange={setDraggedS}
      onChangeEnd={seconds => {
        setDraggedS(null)
        onSeek(seconds * 1000)
      }}
      formatOptions={{ style: 'unit', unit: 'second', unitDisplay: 'long' }}
    >
      <SliderTrack className={styles.track ?? ''}>
        <Waveform peaks={peaks} played={Math.min(1, (shownS * 1000) / Math.max(1, durationMs))} />
        <SliderThumb className={styles.thumb ?? ''} />
      </SliderTrack>
    </Slider>
  )
}
