import { useId } from 'react'
import { Switch } from 'react-aria-components'
import styles from './switch-field.module.css'

interface SwitchFieldProps {
  label: string
  /** More about what it switches on. */
  hint?: string
  isOn: boolean
  onChange: (isOn: boolean) => void
  error?: string | null
}

/** A labelled switch. */
export function SwitchField({ label, hint, isOn, onChange, error }: SwitchFieldProps) {
  const hintId = useId()
  return (
    <div className={styles.setting}>
      <Switch
        className={styles.switch ?? ''}
        isSelected={isOn}
        onChange={onChange}
        {...(hint && { 'aria-describedby': hintId })}
      >
        <span className={styles.track} aria-hidden='true' />
        {label}
      </Switch>
      {hint && (
        <p id={hintId} className={styles.note}>
          {hint}
        </p>
      )}
      {error && (
        <p role='alert' className={styles.error}>
          {error}
        </p>
      )}
    </div>
  )
}
