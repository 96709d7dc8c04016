import { useRef } from 'react'
import type { ShowRoom } from '../../../client/index.ts'
import { useFocusBack } from '../stage/use-focus-back.ts'
import { VolumeSlider } from './volume-slider.tsx'
import styles from './volumes.module.css'

/** How loud songs and voices are here; nobody else hears a difference. */
export function Volumes({ show, onClose }: { show: ShowRoom; onClose: () => void }) {
  const place = useRef<HTMLDivElement>(null)
  useFocusBack(place)
  return (
    <div
      ref={place}
      id='volumes'
      className={styles.volumes}
      role='group'
      aria-label='Volume'
      onKeyDown={event => {
        if (event.key === 'Escape') onClose()
      }}
    >
      <VolumeSlider room={show} kind='song' label='Songs' />
      <VolumeSlider room={show} kind='voice' label='Voices' />
    </div>
  )
}
