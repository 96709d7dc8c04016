import { useState, type RefObject } from 'react'
import { Menu, MenuItem, Popover } from 'react-aria-components'
import { Confirm } from '../parts/confirm.tsx'
import { ReportDialog } from '../parts/report-dialog.tsx'
import type { Act } from './act.ts'
import styles from './act-menu.module.css'

interface ActMenuProps {
  label: string
  acts: Act[]
  trigger: RefObject<HTMLButtonElement | null>
  onClose: () => void
  onFault: (words: string) => void
}

/** The open menu of a button, and the question or form that follows a choice. */
export function ActMenu({ label, acts, trigger, onClose, onFault }: ActMenuProps) {
  const [chosen, setChosen] = useState<Act | null>(null)

  async function choose(act: Act) {
    if (act.ask || act.report) return setChosen(act)
    onClose()
    await act.act?.().catch((error: unknown) => onFault(error instanceof Error ? error.message : String(error)))
  }

  if (chosen?.report) return <ReportDialog {...chosen.report} isOpen onClose={onClose} />
  if (chosen?.ask) {
    const { title, text, confirm } = chosen.ask
    return (
      <Confirm title={title} confirm={confirm} isOpen onClose={onClose} onConfirm={chosen.act ?? (() => {})}>
        {text}
      </Confirm>
    )
  }
  return (
    <Popover
      aria-label={label}
      triggerRef={trigger}
      className={styles.popover ?? ''}
      isOpen
      onOpenChange={open => {
        if (!open && !chosen) onClose()
      }}
    >
      <Menu aria-label={label} className={styles.menu ?? ''} autoFocus='first' onClose={() => {}}>
        {acts.map(act => (
          <MenuItem
            key={act.words}
            className={`${styles.item} ${act.isDanger ? styles.danger : ''}`}
            onAction={() => {
              choose(act)
            }}
          >
            {act.words}
          </MenuItem>
        ))}
      </Menu>
    </Popover>
  )
}
