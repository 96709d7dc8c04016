import { useId } from 'react'
import styles from './field.module.css'

interface ChoiceProps<V extends string> {
  label: string
  /** Each value with its words. */
  options: Readonly<Record<V, string>>
  value: V
  onChange: (value: V) => void
}

/** One of a few. The platform's own picker, which everybody knows how to use. */
export function Choice<V extends string>({ label, options, value, onChange }: ChoiceProps<V>) {
  const id = useId()
  const values = Object.keys(options).filter((key): key is V => Object.hasOwn(options, key))
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className={styles.entry}
        value={value}
        onChange={event => {
          const chosen = values.find(option => option === event.target.value)
          if (chosen) onChange(chosen)
        }}
      >
        {values.map(option => (
          <option key={option} value={option}>
            {options[option]}
          </option>
        ))}
      </select>
    </div>
  )
}
