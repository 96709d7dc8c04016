import { lazy, useRef, useState } from 'react'
import { MoreHorizontal } from 'lucide-react'
import { Button } from '../ui/button.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import type { MenuAction } from './menu-action.ts'
import styles from './more-button.module.css'

// Loaded when a menu is opened for the first time.
const ActionMenu = lazy(async () => ({ default: (await import('./action-menu.tsx')).ActionMenu }))

interface MoreButtonProps {
  label: string
  /** Returns the actions that are possible now; called when the menu opens. */
  actions: () => MenuAction[]
  isTabStop?: boolean
  isSmall?: boolean
}

/** A button that opens a menu of actions, and shows the error beside it when an action fails. */
export function MoreButton({ label, actions, isTabStop = true, isSmall = false }: MoreButtonProps) {
  const button = useRef<HTMLButtonElement>(null)
  const [openActions, setOpenActions] = useState<MenuAction[] | null>(null)
  const [error, setError] = useState<string | null>(null)
  const open = () => {
    setError(null)
    setOpenActions(actions())
  }
  return (
    <>
      <Button
        ref={button}
        className={`${styles.button} ${isSmall ? styles.small : ''}`}
        aria-label={label}
        aria-haspopup='menu'
        aria-expanded={openActions !== null}
        tabIndex={isTabStop ? 0 : -1}
        onPress={open}
      >
        <MoreHorizontal size={20} aria-hidden='true' />
      </Button>
      {openActions && (
        <LazyBoundary>
          <ActionMenu
            label={label}
            actions={openActions}
            trigger={button}
            onClose={() => setOpenActions(null)}
            onError={setError}
          />
        </LazyBoundary>
      )}
      {error && (
        <span role='alert' className={styles.error}>
          {error}
        </span>
      )}
    </>
  )
}
