import { useState, type RefObject } from 'react'
import { Menu, MenuItem, Popover } from 'react-aria-components'
import { errorMessage } from '../errors.ts'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import type { MenuAction } from './menu-action.ts'
import { ReportDialog } from './report-dialog.tsx'
import styles from './action-menu.module.css'

interface ActionMenuProps {
  label: string
  actions: MenuAction[]
  trigger: RefObject<HTMLButtonElement | null>
  onClose: () => void
  onError: (message: string) => void
}

/** The open menu of a button, and the confirmation or report form that follows a choice. */
export function ActionMenu({ label, actions, trigger, onClose, onError }: ActionMenuProps) {
  const [chosen, setChosen] = useState<MenuAction | null>(null)

  async function choose(action: MenuAction) {
    if (action.confirmation || action.report) return setChosen(action)
    onClose()
    await action.run?.().catch((error: unknown) => onError(errorMessage(error)))
  }

  if (chosen?.report) return <ReportDialog {...chosen.report} isOpen onClose={onClose} />
  if (chosen?.confirmation) {
    const { title, text, confirmLabel } = chosen.confirmation
    return (
      <ConfirmDialog
        title={title}
        confirmLabel={confirmLabel}
        isOpen
        onClose={onClose}
        onConfirm={chosen.run ?? (() => {})}
      >
        {text}
      </ConfirmDialog>
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
        {actions.map(action => (
          <MenuItem
            key={action.label}
            className={`${styles.item} ${action.isDestructive ? styles.destructive : ''}`}
            isDisabled={action.isDisabled ?? false}
            onAction={() => {
              choose(action)
            }}
          >
            {action.label}
          </MenuItem>
        ))}
      </Menu>
    </Popover>
  )
}
