import { lazy, useRef, useState } from 'react'
import { Button } from 'react-aria-components'
import { MoreHorizontal } from 'lucide-react'
import { Later } from '../parts/later.tsx'
import type { Act } from './act.ts'
import styles from './more.module.css'

// Who never opens a menu does not load one.
const ActMenu = lazy(async () => ({ default: (await import('./act-menu.tsx')).ActMenu }))

interface MoreProps {
  label: string
  /** What can be done now; asked when the menu opens. */
  acts: () => Act[]
  isTabStop?: boolean
  isSmall?: boolean
}

/** A button with a menu behind it. What fails is said beside it. */
export function More({ label, acts, isTabStop = true, isSmall = false }: MoreProps) {
  const button = useRef<HTMLButtonElement>(null)
  const [opened, setOpened] = useState<Act[] | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const open = () => {
    setFault(null)
    setOpened(acts())
  }
  return (
    <>
      <Button
        ref={button}
        className={`${styles.button} ${isSmall ? styles.small : ''}`}
        aria-label={label}
        aria-haspopup='menu'
        aria-expanded={opened !== null}
        excludeFromTabOrder={!isTabStop}
        onPress={open}
      >
        <MoreHorizontal size={20} aria-hidden='true' />
      </Button>
      {opened && (
        <Later>
          <ActMenu label={label} acts={opened} trigger={button} onClose={() => setOpened(null)} onFault={setFault} />
        </Later>
      )}
      {fault && (
        <span role='alert' className={styles.fault}>
          {fault}
        </span>
      )}
    </>
  )
}
