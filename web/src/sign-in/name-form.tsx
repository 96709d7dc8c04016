import { useState, type FormEvent } from 'react'
import { AsyncButton } from '../ui/async-button.tsx'
import { TextField } from '../ui/text-field.tsx'
import { textLength } from '../format/text-length.ts'
import { errorMessage } from '../errors.ts'
import styles from './sign-in-methods.module.css'

const maxNameLength = 50

/** Signs in with nothing but a name. */
export function NameForm({ onName }: { onName: (name: string) => Promise<unknown> }) {
  const [name, setName] = useState('')
  const [error, setError] = useState<string | null>(null)
  const length = textLength(name)

  async function submit(event: FormEvent) {
    event.preventDefault()
    setError(null)
    try {
      await onName(name)
    } catch (error) {
      setError(errorMessage(error))
    }
  }

  return (
    <form className={styles.methods} onSubmit={submit}>
      <TextField
        label='Your name'
        value={name}
        onChange={setName}
        limit={maxNameLength}
        autoComplete='nickname'
        isRequired
        autoFocus
      />
      {error && (
        <p role='alert' className={styles.error}>
          {error}
        </p>
      )}
      <AsyncButton variant='primary' type='submit' isDisabled={length === 0 || length > maxNameLength}>
        Sign in
      </AsyncButton>
    </form>
  )
}
