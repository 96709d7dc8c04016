import { useState } from 'react'
import type { User } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { errorMessage } from '../errors.ts'
import { SwitchField } from '../ui/switch-field.tsx'

/** The choice whether followers see that the user is online. It is saved at once. */
export function OnlineStatus({ user }: { user: User }) {
  const [pending, setPending] = useState<boolean | null>(null)
  const [error, setError] = useState<string | null>(null)

  async function save(showsOnline: boolean) {
    setError(null)
    setPending(showsOnline)
    await ambient.me.patch({ showsOnline }).catch((error: unknown) => setError(errorMessage(error)))
    setPending(null)
  }

  return (
    <SwitchField
      label='Followers can see when I’m online'
      hint='They also see which public show you’re in. People who don’t follow you never do.'
      isOn={pending ?? user.showsOnline ?? false}
      onChange={showsOnline => {
        save(showsOnline)
      }}
      error={error}
    />
  )
}
