import { useRef } from 'react'
import type { ShowRoom } from '../../../client/index.ts'
import { useRestoreFocus } from '../ui/use-restore-focus.ts'
import { VolumeSlider } from './volume-slider.tsx'
import styles from './volume-panel.module.css'

/** The volumes of songs and voices for this listener alone. */
export function VolumePanel({ show }: { show: ShowRoom }) {
  const container = useRef<HTMLDivElement>(null)
  useRestoreFocus(container)
  return (
    <div ref={container} id='volumes' className={styles.panel} role='group' aria-label='Volume'>
      <VolumeSlider room={show} kind='song' label='Songs' />
      <VolumeSlider room={show} kind='voice' label='Voices' />
    </div>
  )
}
