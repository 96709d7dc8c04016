import { useEffect, useRef, useState } from 'react'
import { useLocation, useSearchParams } from 'wouter'
import { ambient, useUser } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Loading, Notice } from '../parts/notice.tsx'
import { comeBack } from '../sign-in/provider.ts'
import { safeReturn } from '../sign-in/return.ts'
import { Ways } from '../sign-in/ways.tsx'
import styles from './sign-in.module.css'

/** Coming in, and then back to where one came from. */
export function SignInPage() {
  const user = useUser()
  const [, go] = useLocation()
  const [search] = useSearchParams()
  const to = safeReturn(search.get('to'))
  const code = search.get('code')
  const refused = search.get('error')

  if (code) return <Returning code={code} />
  return (
    <div className={styles.page}>
      <title>Sign in · Ambient</title>
      <h1>Come in</h1>
      {refused && (
        <p role='alert' className={styles.fault}>
          Signing in did not work out. Try again, or another way.
        </p>
      )}
      {user && <Already name={user.displayName} guest={user.guest} />}
      <Ways to={to} onIn={() => go(to)} />
    </div>
  )
}

/** Back from a provider, with a code that is good once. */
function Returning({ code }: { code: string }) {
  const [, go] = useLocation()
  const [fault, setFault] = useState<string | null>(null)
  const used = useRef(false)

  useEffect(() => {
    if (used.current) return
    used.current = true
    comeBack(code).then(
      to => go(safeReturn(to), { replace: true }),
      (error: unknown) => setFault(error instanceof Error ? error.message : String(error))
    )
  }, [code, go])

  return fault ? (
    <Notice title='Signing in did not work out'>
      <p>{fault}</p>
      <Action onPress={() => go('/sign-in')}>Try again</Action>
    </Notice>
  ) : (
    <Loading />
  )
}

function Already({ name, guest }: { name: string; guest: boolean }) {
  return (
    <div className={styles.already}>
      <p>
        You are here as {name}
        {guest && ', a guest'}. Who signs in below takes that place in this browser.
      </p>
      <Action onPress={async () => await ambient.account.signOut()}>Sign out</Action>
    </div>
  )
}
