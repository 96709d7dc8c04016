import { useId } from 'react'
import styles from '../ui/field.module.css'

interface StartTimeFieldProps {
  /** ISO 8601, UTC; null without a start time. */
  value: string | null
  onChange: (value: string | null) => void
}

/** The start time of a show in the user's time zone, with the picker of the platform. */
export function StartTimeField({ value, onChange }: StartTimeFieldProps) {
  const id = useId()
  return (
    <div className={styles.field}>
      <label htmlFor={id}>Start time</label>
      <input
        id={id}
        type='datetime-local'
        className={styles.input}
        value={value ? toInputValue(new Date(value)) : ''}
        min={toInputValue(new Date())}
        aria-describedby={`${id}-hint`}
        onChange={({ target: { value: typed } }) => {
          if (typed === '') onChange(null)
          else if (!Number.isNaN(Date.parse(typed))) onChange(new Date(typed).toISOString())
        }}
      />
      <span id={`${id}-hint`} className={styles.hint}>
        In your time zone, {Intl.DateTimeFormat().resolvedOptions().timeZone}. Leave it empty to start whenever you
        like.
      </span>
    </div>
  )
}

/** Formats a time for the input, in the user's own time zone: `2030-01-01T20:00`. */
function toInputValue(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
