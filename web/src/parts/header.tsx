import { Link } from 'wouter'
import { ambient, useUser } from '../ambient.ts'
import { Action } from './action.tsx'
import styles from './header.module.css'

export function Header () {
  const user = useUser()
  return (
    <header className={styles.header}>
      <Link href='/' className={styles.brand ?? ''}>Ambient</Link>
      {user
        ? (
          <div className={styles.who}>
            <span className={styles.name}>{user.displayName}</span>
            <Action kind='quiet' onPress={async () => await ambient.account.signOut()}>Sign out</Action>
          </div>
          )
        : <Link href='/sign-in' className={styles.signIn ?? ''}>Sign in</Link>}
    </header>
  )
}
