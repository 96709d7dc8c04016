import { useState, type FormEvent } from 'react'
import { Input, Label, TextField } from 'react-aria-components'
import { useLocation, useSearchParams } from 'wouter'
import { ambient } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import styles from './sign-in.module.css'

/** Only addresses of our own: what stands in the URL may come from anybody. */
function safeReturn (to: string | null): string {
  return to && /^\/(?!\/)/.test(to) ? to : '/'
}

export function SignInPage () {
  const [name, setName] = useState('')
  const [fault, setFault] = useState<string | null>(null)
  const [, go] = useLocation()
  const [search] = useSearchParams()

  async function submit (event: FormEvent) {
    event.preventDefault()
    setFault(null)
    try {
      await ambient.account.signIn(name)
      go(safeReturn(search.get('to')))
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error))
    }
  }

  return (
    <form className={styles.form} onSubmit={submit}>
      <h1>Come in</h1>
      <p>A name is all it takes.</p>
      <TextField value={name} onChange={setName} isRequired maxLength={50} autoFocus className={styles.field ?? ''}>
        <Label>Your name</Label>
        <Input autoComplete='nickname' />
      </TextField>
      {fault && <p role='alert' className={styles.fault}>{fault}</p>}
      <Action kind='main' type='submit' isDisabled={name.trim() === ''}>Sign in</Action>
    </form>
  )
}
