import { useCallback, useEffect, useState } from 'react'
import type { SignInOptions } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { errorMessage } from '../errors.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { NameForm } from './name-form.tsx'
import { beginSignIn } from './provider-sign-in.ts'
import styles from './sign-in-methods.module.css'

/** The sign-in methods that this server offers. */
export function SignInMethods({ returnPath, onSignedIn }: { returnPath: string; onSignedIn: () => void }) {
  const [options, setOptions] = useState<SignInOptions | null>(null)
  const [error, setError] = useState<string | null>(null)
  const load = useCallback(async () => {
    try {
      setError(null)
      setOptions(await ambient.account.signInOptions())
    } catch (error) {
      setError(errorMessage(error))
    }
  }, [])
  useEffect(() => {
    load()
  }, [load])

  if (error) {
    return (
      <div className={styles.methods}>
        <p role='alert' className={styles.error}>
          {error}
        </p>
        <AsyncButton onPress={load}>Try again</AsyncButton>
      </div>
    )
  }
  if (!options) return <Skeleton />
  const { devLogin, guests, spotify, oidc } = options
  if (!devLogin && !guests && !spotify && !oidc) {
    return <p>Sign-in isn’t set up on this server. Its operator can turn it on.</p>
  }
  return (
    <div className={styles.methods}>
      {spotify && (
        <AsyncButton variant='primary' onPress={async () => await beginSignIn('spotify', returnPath)}>
          Continue with Spotify
        </AsyncButton>
      )}
      {oidc && (
        <AsyncButton variant='primary' onPress={async () => await beginSignIn('oidc', returnPath)}>
          Continue with single sign-on
        </AsyncButton>
      )}
      {devLogin && (
        <>
          <p>All you need is a name.</p>
          <NameForm
            onName={async name => {
              await ambient.account.signIn(name)
              onSignedIn()
            }}
          />
        </>
      )}
      {guests && (
        <div className={styles.guest}>
          <p>Just want to listen? Guests can hear any show that isn’t private, and react.</p>
          <AsyncButton
            onPress={async () => {
              await ambient.account.signInAsGuest()
              onSignedIn()
            }}
          >
            Listen as a guest
          </AsyncButton>
        </div>
      )}
    </div>
  )
}
