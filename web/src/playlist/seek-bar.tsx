import { useEffect, useRef, useState } from 'react'
import { Slider } from 'react-aria-components'
import type { NowPlaying } from '../../../client/index.ts'
import { SliderTrack } from '../parts/slider-track.tsx'
import { durationText } from './duration.ts'
import styles from './seek-bar.module.css'

/** Whoever goes there key by key means the last of them: all listeners are told of each seek. */
const restMs = 150

interface SeekBarProps {
  playing: NowPlaying
  onSeek: (positionMs: number) => Promise<void>
}

/** Where what plays is, to drag; what is left of it beside. While it is dragged it stays where the hand is. */
export function SeekBar({ playing: { item, positionMs, remainingMs }, onSeek }: SeekBarProps) {
  const [held, setHeld] = useState<number | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const lengthS = Math.floor(item.durationMs / 1000)
  const shownMs = held === null ? positionMs : held * 1000

  const resting = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(resting.current), [])

  function drop(seconds: number) {
    setHeld(seconds)
    clearTimeout(resting.current)
    resting.current = setTimeout(() => {
      seek(seconds)
    }, restMs)
  }

  async function seek(seconds: number) {
    setFault(null)
    await onSeek(seconds * 1000).catch((error: unknown) =>
      setFault(error instanceof Error ? error.message : String(error))
    )
    setHeld(held => (held === seconds ? null : held))
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
          clearTimeout(resting.current)
          setHeld(seconds)
        }}
        onChangeEnd={drop}
        formatOptions={{ style: 'unit', unit: 'second', unitDisplay: 'long' }}
      >
        <SliderTrack />
      </Slider>
      <span className={styles.times}>
        <span data-position='now'>{durationText(shownMs)}</span>
        <span>{durationText(held === null ? remainingMs : item.durationMs - shownMs)} left</span>
      </span>
      {fault && (
        <p role='alert' className={styles.fault}>
          {fault}
        </p>
      )}
    </div>
  )
}
