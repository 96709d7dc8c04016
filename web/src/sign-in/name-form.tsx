import { useState, type FormEvent } from 'react'
import { Action } from '../parts/action.tsx'
import { Field } from '../parts/field.tsx'
import { countGraphemes } from '../parts/graphemes.ts'
import styles from './ways.module.css'

const longestName = 50

/** A name, and in. */
export function NameForm({ onName }: { onName: (name: string) => Promise<unknown> }) {
  const [name, setName] = useState('')
  const [fault, setFault] = useState<string | null>(null)
  const length = countGraphemes(name)

  async function submit(event: FormEvent) {
    event.preventDefault()
    setFault(null)
    try {
      await onName(name)
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error))
    }
  }

  return (
    <form className={styles.ways} onSubmit={submit}>
      <Field
        label='Your name'
        value={name}
        onChange={setName}
        limit={longestName}
        autoComplete='nickname'
        isRequired
        autoFocus
      />
      {fault && (
        <p role='alert' className={styles.fault}>
          {fault}
        </p>
      )}
      <Action kind='main' type='submit' isDisabled={length === 0 || length > longestName}>
        Sign in
      </Action>
    </form>
  )
}
