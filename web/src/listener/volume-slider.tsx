import { Button, Label, Slider } from 'react-aria-components'
import { Volume2, VolumeX } from 'lucide-react'
import type { ShowRoom, SoundKind } from '../../../client/index.ts'
import { SliderTrack } from '../parts/slider-track.tsx'
import { audible, keepLevels, keptLevels, type Level } from '../volumes.ts'
import styles from './volume-slider.module.css'

interface VolumeSliderProps {
  room: Pick<ShowRoom, 'setVolume'>
  kind: SoundKind
  label: string
}

/** How loud one kind of sound is here, and whether it is heard at all. It is kept for the next show. */
export function VolumeSlider({ room, kind, label }: VolumeSliderProps) {
  // Whenever it is changed, here or by another of these, the room's view is another one, and all this is drawn anew.
  const { level, isMuted } = keptLevels()[kind]

  function set(next: Level) {
    keepLevels({ ...keptLevels(), [kind]: next })
    room.setVolume(kind, audible(next))
  }

  const Icon = isMuted || level === 0 ? VolumeX : Volume2
  return (
    <div className={styles.volume}>
      <Button
        className={styles.mute ?? ''}
        aria-label={`Mute ${label.toLowerCase()}`}
        aria-pressed={isMuted}
        onPress={() => set({ level, isMuted: !isMuted })}
      >
        <Icon size={20} aria-hidden='true' />
      </Button>
      <Slider
        className={styles.slider ?? ''}
        minValue={0}
        maxValue={1}
        step={0.05}
        value={isMuted ? 0 : level}
        onChange={now => set({ level: now, isMuted: false })}
        formatOptions={{ style: 'percent' }}
      >
        <Label className={styles.label ?? ''}>{label}</Label>
        <SliderTrack />
      </Slider>
    </div>
  )
}
