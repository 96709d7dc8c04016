import { useEffect, useRef, useState } from 'react'
import { Label, Slider, SliderOutput } from 'react-aria-components'
import { minSongLevelDb, type ShowRoom } from '../../../client/index.ts'
import { SliderTrack } from '../ui/slider-track.tsx'
import styles from './song-level.module.css'

/** While a host drags, the level is sent at most this often, so that everybody hears it move. */
const sendIntervalMs = 300

interface SongLevelProps {
  room: ShowRoom
  /** The level that holds for everybody now, dB. */
  levelDb: number
}

/** Sets the level of songs for everybody in the show. For hosts. */
export function SongLevel({ room, levelDb }: SongLevelProps) {
  // The host's own choice, until the room has it or refuses it.
  const [chosen, setChosen] = useState<number | null>(null)
  const timer = useRef<number | undefined>(undefined)
  useEffect(() => setChosen(current => (current === levelDb ? null : current)), [levelDb])
  useEffect(() => () => window.clearTimeout(timer.current), [])

  function send(level: number): void {
    window.clearTimeout(timer.current)
    timer.current = undefined
    room.setSongLevel(level).catch(() => setChosen(null))
  }

  return (
    <Slider
      className={styles.level ?? ''}
      minValue={minSongLevelDb}
      maxValue={0}
      step={1}
      value={chosen ?? levelDb}
      onChange={level => {
        setChosen(level)
        window.clearTimeout(timer.current)
        timer.current = window.setTimeout(() => send(level), sendIntervalMs)
      }}
      onChangeEnd={send}
    >
      <Label className={styles.label ?? ''}>Song level for everyone, dB</Label>
      <SliderOutput className={styles.value ?? ''}>
        {({ state }) => state.getThumbValue(0).toString().replace('-', '−')}
      </SliderOutput>
      <SliderTrack />
    </Slider>
  )
}
