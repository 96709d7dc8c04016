import { useRef, useState, type ReactNode } from 'react'
import { Button } from 'react-aria-components'
import styles from './action.module.css'

interface ActionProps {
  children: ReactNode
  onPress?: () => Promise<unknown> | void
  kind?: 'main' | 'plain' | 'quiet' | 'danger'
  type?: 'button' | 'submit'
  label?: string
  isDisabled?: boolean
}

/** A button. While what it does takes time it waits; what fails is said beside it. */
export function Action({ children, onPress, kind = 'plain', type = 'button', label, isDisabled = false }: ActionProps) {
  const running = useRef(false)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)

  async function press() {
    if (running.current) return
    running.current = true
    setBusy(true)
    setFault(null)
    try {
      await onPress?.()
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error))
    } finally {
      running.current = false
      setBusy(false)
    }
  }

  return (
    <span className={styles.action}>
      <Button
        className={`${styles.button} ${styles[kind]}`}
        type={type}
        isDisabled={isDisabled}
        // Disabled for real it would lose the focus, and what opens from it would not know where to give it back.
        aria-disabled={busy}
        {...(label && { 'aria-label': label })}
        {...(onPress && { onPress: press })}
      >
        {children}
      </Button>
      {fault && (
        <span role='alert' className={styles.fault}>
          {fault}
        </span>
      )}
    </span>
  )
}
