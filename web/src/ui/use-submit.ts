import { useState, type FormEvent } from 'react'
import { errorMessage } from '../errors.ts'

/** Sends a form. `error` says why the last attempt failed. */
export function useSubmit(send: () => Promise<unknown>) {
  const [error, setError] = useState<string | null>(null)

  async function submit(event: FormEvent) {
    event.preventDefault()
    setError(null)
    try {
      await send()
    } catch (error) {
      setError(errorMessage(error))
    }
  }
  return { error, submit }
}
