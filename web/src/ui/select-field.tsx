import { useId } from 'react'
import styles from './field.module.css'

interface SelectFieldProps<V extends string> {
  label: string
  /** Each value with the text shown for it. */
  options: Readonly<Record<V, string>>
  value: V
  onChange: (value: V) => void
}

/** A labelled native select: everyone knows the picker of their platform. */
export function SelectField<V extends string>({ label, options, value, onChange }: SelectFieldProps<V>) {
  const id = useId()
  const values = Object.keys(options).filter((key): key is V => Object.hasOwn(options, key))
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className={styles.input}
        value={value}
        onChange={event => {
          const selected = values.find(option => option === event.target.value)
          if (selected !== undefined) onChange(selected)
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
