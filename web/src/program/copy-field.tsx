import { useId } from 'react'
import { AsyncButton } from '../ui/async-button.tsx'
import { useCopy } from '../ui/use-copy.ts'
import styles from './copy-field.module.css'

interface CopyFieldProps {
  label: string
  /** The purpose of the text. */
  hint?: string
  value: string
}

/** A text to copy, such as an address, with a button that copies it. */
export function CopyField({ label, hint, value }: CopyFieldProps) {
  const id = useId()
  const { isCopied, copy } = useCopy()
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
        <AsyncButton
          label={`${isCopied ? 'Copied' : 'Copy'}: ${label}`}
          onPress={async () => await copy(value, 'Can’t copy in this browser. Select the text instead.')}
        >
          <span role='status'>{isCopied ? 'Copied' : 'Copy'}</span>
        </AsyncButton>
      </div>
    </div>
  )
}
