import { useState } from 'react'
import { Label, Slider, SliderOutput } from 'react-aria-components'
import type { ShowRoom } from '../../../client/index.ts'
import { readVoiceVolumes, saveVoiceVolume } from '../stored-voice-volumes.ts'
import { SliderTrack } from '../ui/slider-track.tsx'
import styles from './voice-volume.module.css'

interface VoiceVolumeProps {
  userId: string
  name: string
  room: Pick<ShowRoom, 'setVoiceVolume'>
}

/** The volume of one person's voice in this browser. It is kept for later shows. */
export function VoiceVolume({ userId, name, room }: VoiceVolumeProps) {
  const [volume, setVolume] = useState(() => readVoiceVolumes().get(userId) ?? 1)

  function change(changed: number) {
    setVolume(changed)
    saveVoiceVolume(userId, changed)
    room.setVoiceVolume(userId, changed)
  }

  return (
    <Slider
      className={styles.volume ?? ''}
      minValue={0}
      maxValue={1}
      step={0.05}
      value={volume}
      onChange={change}
      formatOptions={{ style: 'percent' }}
    >
      <Label className={styles.label ?? ''}>Volume of {name} for you</Label>
      <SliderOutput className={styles.value ?? ''} />
      <SliderTrack />
    </Slider>
  )
}
