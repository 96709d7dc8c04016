import { useEffect, useRef, useState } from 'react'
import { useLocation, useSearchParams } from 'wouter'
import { ambient, useUser } from '../ambient.ts'
import { errorMessage } from '../errors.ts'
import { finishSignIn, pendingReturnPath } from '../sign-in/provider-sign-in.ts'
import { safeReturnPath, signInPath } from '../sign-in/return-path.ts'
import { SignInMethods } from '../sign-in/sign-in-methods.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { Loading } from '../ui/loading.tsx'
import { Notice } from '../ui/notice.tsx'
import styles from './sign-in.module.css'

/** Signs a person in, and then returns to the page they came from. */
export function SignInPage() {
  const user = useUser()
  const [, navigate] = useLocation()
  const [search] = useSearchParams()
  const code = search.get('code')
  const isRefused = search.has('error')
  const returnPath = safeReturnPath(isRefused ? pendingReturnPath() : search.get('to'))

  if (code) return <ProviderReturn code={code} />
  return (
    <div className={styles.page}>
      <title>Sign in · Ambient</title>
      <h1>Welcome to Ambient</h1>
      {isRefused && (
        <p role='alert' className={styles.error}>
          Sign-in didn’t work. Try again, or use another way to sign in.
        </p>
      )}
      {user && <CurrentAccount name={user.displayName} isGuest={user.guest} />}
      <SignInMethods returnPath={returnPath} onSignedIn={() => navigate(returnPath)} />
    </div>
  )
}

/** Exchanges the single-use code that a provider sent back. */
function ProviderReturn({ code }: { code: string }) {
  const [, navigate] = useLocation()
  const [error, setError] = useState<string | null>(null)
  const isUsed = useRef(false)

  useEffect(() => {
    if (isUsed.current) return
    isUsed.current = true
    finishSignIn(code).then(
      returnPath => navigate(safeReturnPath(returnPath), { replace: true }),
      (error: unknown) => setError(errorMessage(error))
    )
  }, [code, navigate])

  return error ? (
    <Notice title='Sign-in didn’t work'>
      <p>{error}</p>
      <AsyncButton onPress={() => navigate(retryPath())}>Try again</AsyncButton>
    </Notice>
  ) : (
    <Loading />
  )
}

/** Returns the path of the page that signs in, with the page that was to be opened. */
function retryPath(): string {
  const returnPath = pendingReturnPath()
  return returnPath ? signInPath(safeReturnPath(returnPath)) : '/sign-in'
}

function CurrentAccount({ name, isGuest }: { name: string; isGuest: boolean }) {
  return (
    <div className={styles.currentAccount}>
      <p>
        You’re signed in as {name}
        {isGuest && ', a guest'}. Signing in below replaces this account in this browser.
      </p>
      <AsyncButton onPress={async () => await ambient.account.signOut()}>Sign out</AsyncButton>
    </div>
  )
}
