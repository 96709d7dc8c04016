import { useState } from 'react'
import { SlidersHorizontal } from 'lucide-react'
import { AsyncButton } from '../ui/async-button.tsx'
import { HostToolsPanel, type HostToolsPanelProps } from './host-tools-panel.tsx'
import styles from './host-tools.module.css'

/** The button that opens the host tools. */
export function HostTools(props: Omit<HostToolsPanelProps, 'isOpen' | 'onClose'>) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <AsyncButton variant='quiet' onPress={() => setOpen(true)}>
        <SlidersHorizontal size={18} aria-hidden='true' />
        <span className={styles.label}>Tools</span>
      </AsyncButton>
      <HostToolsPanel {...props} isOpen={isOpen} onClose={() => setOpen(false)} />
    </>
  )
}
