import { useEffect, useState } from 'react'
import type { SignInOptions } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'

/** Returns what this server offers; null until it is known, and when it cannot be loaded. */
export function useSignInOptions(): SignInOptions | null {
  const [options, setOptions] = useState<SignInOptions | null>(null)
  useEffect(() => {
    let isCurrent = true
    ambient.account.signInOptions().then(
      loaded => {
        if (isCurrent) setOptions(loaded)
      },
      () => {}
    )
    return () => {
      isCurrent = false
    }
  }, [])
  return options
}
