import { useState } from 'react'
import { Switch } from 'react-aria-components'
import type { User } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { errorMessage } from '../errors.ts'
import styles from './online-status.module.css'

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
    <div className={styles.setting}>
      <Switch
        className={styles.switch ?? ''}
        isSelected={pending ?? user.showsOnline ?? false}
        onChange={isSelected => {
          save(isSelected)
        }}
      >
        <span className={styles.track} aria-hidden='true' />
        Followers can see when I’m online
      </Switch>
      <p className={styles.note}>They also see which public show you’re in. People who don’t follow you never do.</p>
      {error && (
        <p role='alert' className={styles.error}>
          {error}
        </p>
      )}
    </div>
  )
}
