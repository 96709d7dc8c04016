import { useState } from 'react'
import { errorMessage } from '../errors.ts'

/** Saves each change at once. While a change is being saved, it is `pending`, so that a control shows it already. */
export function useInstantSave<Change extends object>(send: (change: Change) => Promise<unknown>) {
  const [pending, setPending] = useState<Change | null>(null)
  const [error, setError] = useState<string | null>(null)

  async function sendNow(change: Change) {
    setError(null)
    setPending(change)
    await send(change).catch((error: unknown) => setError(errorMessage(error)))
    setPending(null)
  }

  const save = (change: Change): void => {
    sendNow(change)
  }
  return { pending, error, save }
}
