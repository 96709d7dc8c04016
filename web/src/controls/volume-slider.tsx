import { Volume2, VolumeX } from 'lucide-react'
import { Label, Slider } from 'react-aria-components'
import type { ShowRoom, SoundKind } from '../../../client/index.ts'
import { effectiveLevel, readVolumes, saveVolumes, type StoredVolume } from '../stored-volumes.ts'
import { Button } from '../ui/button.tsx'
import { SliderTrack } from '../ui/slider-track.tsx'
import styles from './volume-slider.module.css'

interface VolumeSliderProps {
  room: Pick<ShowRoom, 'setVolume'>
  kind: SoundKind
  label: string
}

const muteLabels = { song: 'Mute songs', voice: 'Mute voices' } as const

/** The volume of one kind of sound in this browser, with a mute button. It is saved for the next show. */
export function VolumeSlider({ room, kind, label }: VolumeSliderProps) {
  // Each change, also by another slider, makes a new room view, which renders this slider again.
  const { level, isMuted } = readVolumes()[kind]

  function set(volume: StoredVolume) {
    saveVolumes({ ...readVolumes(), [kind]: volume })
    room.setVolume(kind, effectiveLevel(volume))
  }

  const Icon = isMuted || level === 0 ? VolumeX : Volume2
  return (
    <div className={styles.volume}>
      <Button
        className={styles.mute ?? ''}
        aria-label={muteLabels[kind]}
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
        onChange={changed => set({ level: changed, isMuted: false })}
        formatOptions={{ style: 'percent' }}
      >
        <Label className={styles.label ?? ''}>{label}</Label>
        <SliderTrack />
      </Slider>
    </div>
  )
}
