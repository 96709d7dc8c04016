import { useRef, useState, type ReactNode } from 'react'
import { errorMessage } from '../errors.ts'
import { Button } from './button.tsx'
import styles from './async-button.module.css'

interface AsyncButtonProps {
  children: ReactNode
  onPress?: () => Promise<unknown> | void
  variant?: 'primary' | 'secondary' | 'quiet' | 'danger'
  type?: 'button' | 'submit'
  /** The accessible name, when the content is not enough. */
  label?: string
  isDisabled?: boolean
}

/** A button that is busy while its action runs, and shows the error beside it when the action fails. */
export function AsyncButton({
  children,
  onPress,
  variant = 'secondary',
  type = 'button',
  label,
  isDisabled = false
}: AsyncButtonProps) {
  const isRunning = useRef(false)
  const [isBusy, setIsBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)

  async function press() {
    if (isRunning.current) return
    isRunning.current = true
    setIsBusy(true)
    setError(null)
    try {
      await onPress?.()
    } catch (error) {
      setError(errorMessage(error))
    } finally {
      isRunning.current = false
      setIsBusy(false)
    }
  }

  return (
    <span className={styles.wrapper}>
      <Button
        className={`${styles.button} ${styles[variant] ?? ''}`}
        type={type}
        isDisabled={isDisabled}
        // The disabled attribute would drop the focus, and a dialog opened from here could not restore it.
        aria-disabled={isBusy}
        {...(label && { 'aria-label': label })}
        {...(onPress && { onPress: press })}
      >
        {children}
      </Button>
      {error && (
        <span role='alert' className={styles.error}>
          {error}
        </span>
      )}
    </span>
  )
}
