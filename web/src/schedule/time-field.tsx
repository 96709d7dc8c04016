import { useId } from 'react'
import styles from '../parts/field.module.css'

interface TimeFieldProps {
  /** ISO 8601, UTC; null is no time yet. */
  value: string | null
  onChange: (value: string | null) => void
}

/** When a show begins, in the time zone of whoever plans it: the platform's own picker. */
export function TimeField({ value, onChange }: TimeFieldProps) {
  const id = useId()
  return (
    <div className={styles.field}>
      <label htmlFor={id}>When it begins</label>
      <input
        id={id}
        type='datetime-local'
        className={styles.entry}
        value={value ? localInput(new Date(value)) : ''}
        min={localInput(new Date())}
        aria-describedby={`${id}-hint`}
        onChange={({ target: { value: typed } }) => {
          if (typed === '') onChange(null)
          else if (!Number.isNaN(Date.parse(typed))) onChange(new Date(typed).toISOString())
        }}
      />
      <span id={`${id}-hint`} className={styles.hint}>
        Your time zone, {Intl.DateTimeFormat().resolvedOptions().timeZone}. Leave it empty to begin when you like.
      </span>
    </div>
  )
}

/** `2030-01-01T20:00` in the reader's own time zone, as the field wants it. */
function localInput(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
