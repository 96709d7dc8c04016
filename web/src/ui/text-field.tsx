import { FieldError, Input, Label, Text, TextArea, TextField as AriaTextField } from 'react-aria-components'
import { formatCharactersLeft, textLength } from '../format/text-length.ts'
import styles from './field.module.css'

/** The number of remaining characters is shown when it is this or less. */
const showLeftFrom = 20

interface TextFieldProps {
  label: string
  value: string
  onChange: (value: string) => void
  /** A description shown below the input. */
  hint?: string
  /** Maximum number of characters, as a person counts them. */
  limit?: number
  /** Rows of a text area; a single-line input when absent. */
  lines?: number
  type?: 'text' | 'url' | 'search' | 'email'
  autoComplete?: string
  placeholder?: string
  isRequired?: boolean
  autoFocus?: boolean
}

/** A labelled text input with a description, and the number of characters left near its limit. */
export function TextField({
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
}: TextFieldProps) {
  const left = limit === undefined ? null : limit - textLength(value)
  const inputProps = { className: styles.input ?? '', ...(placeholder && { placeholder }) }
  return (
    <AriaTextField
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
        <Input {...inputProps} {...(autoComplete && { autoComplete })} />
      ) : (
        <TextArea {...inputProps} rows={lines} />
      )}
      {hint && (
        <Text slot='description' className={styles.hint ?? ''}>
          {hint}
        </Text>
      )}
      {left !== null && left >= 0 && left <= showLeftFrom && (
        <span className={styles.hint} aria-live='polite'>
          {formatCharactersLeft(left)}
        </span>
      )}
      <FieldError className={styles.error ?? ''}>
        {left !== null && left < 0 ? formatCharactersLeft(left) : ''}
      </FieldError>
    </AriaTextField>
  )
}
