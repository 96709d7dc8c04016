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

/** Where a song is, in its picture, to drag or to move by keyboard. While it is dragged it stays where the hand is. */
export function WaveformSlider({ label, peaks, durationMs, positionMs, onSeek }: WaveformSliderProps) {
  const [held, setHeld] = useState<number | null>(null)
  const lengthS = Math.max(1, Math.floor(durationMs / 1000))
  const shown = held ?? positionMs / 1000
  return (
    <Slider
      aria-label={label}
      className={styles.slider ?? ''}
      minValue={0}
      maxValue={lengthS}
      value={Math.min(Math.floor(shown), lengthS)}
      onChange={setHeld}
      onChangeEnd={seconds => {
        setHeld(null)
        onSeek(seconds * 1000)
      }}
      formatOptions={{ style: 'unit', unit: 'second', unitDisplay: 'long' }}
    >
      <SliderTrack className={styles.track ?? ''}>
        <Waveform peaks={peaks} played={Math.min(1, (shown * 1000) / Math.max(1, durationMs))} />
        <SliderThumb className={styles.thumb ?? ''} />
      </SliderTrack>
    </Slider>
  )
}
