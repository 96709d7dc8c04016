import { useState } from 'react'
import { SlidersHorizontal } from 'lucide-react'
import { Action } from '../parts/action.tsx'
import { ToolsPanel, type ToolsPanelProps } from './tools-panel.tsx'
import styles from './host-tools.module.css'

/** What a host needs now and then, a tap away and out of sight until then. */
export function HostTools(props: Omit<ToolsPanelProps, 'isOpen' | 'onClose'>) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Action kind='quiet' onPress={() => setOpen(true)}>
        <SlidersHorizontal size={18} aria-hidden='true' />
        <span className={styles.words}>Tools</span>
      </Action>
      <ToolsPanel {...props} isOpen={isOpen} onClose={() => setOpen(false)} />
    </>
  )
}
