import { useEffect, useId, useState } from 'react'
import { AsyncButton } from '../ui/async-button.tsx'
import styles from './copy-field.module.css'

const copiedShownMs = 2500

interface CopyFieldProps {
  label: string
  /** The purpose of the text. */
  hint?: string
  value: string
}

/** A text to copy, such as an address, with a button that copies it. */
export function CopyField({ label, hint, value }: CopyFieldProps) {
  const id = useId()
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), copiedShownMs)
    return () => clearTimeout(timer)
  }, [isCopied])

  async function copy() {
    if (!navigator.clipboard) throw new Error('Can’t copy in this browser. Select the text instead.')
    await navigator.clipboard.writeText(value)
    setCopied(true)
  }

  return (
    <div className={styles.copyField}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      {hint && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
      <div className={styles.row}>
        <input
          id={id}
          className={styles.input}
          readOnly
          value={value}
          onFocus={event => event.currentTarget.select()}
          {...(hint && { 'aria-describedby': `${id}-hint` })}
        />
        <AsyncButton label={`Copy: ${label}`} onPress={copy}>
          <span role='status'>{isCopied ? 'Copied' : 'Copy'}</span>
        </AsyncButton>
      </div>
    </div>
  )
}
