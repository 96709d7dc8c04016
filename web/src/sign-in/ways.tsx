import { useCallback, useEffect, useState } from 'react'
import type { SignInOptions } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Skeleton } from '../parts/listing.tsx'
import { NameForm } from './name-form.tsx'
import { beginSignIn } from './provider.ts'
import styles from './ways.module.css'

/** The ways in that this server offers. */
export function Ways({ to, onIn }: { to: string; onIn: () => void }) {
  const [options, setOptions] = useState<SignInOptions | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const load = useCallback(async () => {
    try {
      setFault(null)
      setOptions(await ambient.account.signInOptions())
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error))
    }
  }, [])
  useEffect(() => {
    load()
  }, [load])

  if (fault) {
    return (
      <div className={styles.ways}>
        <p role='alert' className={styles.fault}>
          {fault}
        </p>
        <Action onPress={load}>Try again</Action>
      </div>
    )
  }
  if (!options) return <Skeleton />
  const { devLogin, guests, spotify, oidc } = options
  if (!devLogin && !guests && !spotify && !oidc) {
    return <p>Signing in is not set up on this server. Whoever runs it can turn it on.</p>
  }
  return (
    <div className={styles.ways}>
      {spotify && (
        <Action kind='main' onPress={async () => await beginSignIn('spotify', to)}>
          Continue with Spotify
        </Action>
      )}
      {oidc && (
        <Action kind='main' onPress={async () => await beginSignIn('oidc', to)}>
          Continue with your account
        </Action>
      )}
      {devLogin && (
        <>
          <p>A name is all it takes.</p>
          <NameForm
            onName={async name => {
              await ambient.account.signIn(name)
              onIn()
            }}
          />
        </>
      )}
      {guests && (
        <div className={styles.guest}>
          <p>Only want to listen? As a guest you hear every open show and can react.</p>
          <Action
            onPress={async () => {
              await ambient.account.signInAsGuest()
              onIn()
            }}
          >
            Listen as a guest
          </Action>
        </div>
      )}
    </div>
  )
}
