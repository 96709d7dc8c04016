import { FieldError, Input, Label, Text, TextArea, TextField } from 'react-aria-components'
import { countGraphemes } from './graphemes.ts'
import styles from './field.module.css'

interface FieldProps {
  label: string
  value: string
  onChange: (value: string) => void
  /** Said under the field. */
  hint?: string
  /** The most characters as a person counts them. */
  limit?: number
  lines?: number
  type?: 'text' | 'url' | 'search'
  autoComplete?: string
  placeholder?: string
  isRequired?: boolean
  autoFocus?: boolean
}

/** A text to fill in, with its name, what it is for, and how much room is left when it gets narrow. */
export function Field({
  label,
  value,
  onChange,
  hint,
  limit,
  lines,
  type = 'text',
  autoComplete,
  placeholder,
  isRequired = false,
  autoFocus = false
}: FieldProps) {
  const left = limit === undefined ? null : limit - countGraphemes(value)
  const entry = { className: styles.entry ?? '', ...(placeholder && { placeholder }) }
  return (
    <TextField
      className={styles.field ?? ''}
      value={value}
      onChange={onChange}
      type={type}
      isRequired={isRequired}
      isInvalid={left !== null && left < 0}
      autoFocus={autoFocus}
      validationBehavior='aria'
    >
      <Label>{label}</Label>
      {lines === undefined ? (
        <Input {...entry} {...(autoComplete && { autoComplete })} />
      ) : (
        <TextArea {...entry} rows={lines} />
      )}
      {hint && (
        <Text slot='description' className={styles.hint ?? ''}>
          {hint}
        </Text>
      )}
      {left !== null && left >= 0 && left <= 20 && (
        <span className={styles.hint} aria-live='polite'>
          {left} left
        </span>
      )}
      <FieldError className={styles.fault ?? ''}>{left !== null && left < 0 ? `${-left} too many` : ''}</FieldError>
    </TextField>
  )
}
