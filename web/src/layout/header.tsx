import { Music, Settings } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import { useUser } from '../ambient.ts'
import { Avatar } from '../ui/avatar.tsx'
import styles from './header.module.css'

/** The header of every page: the home link, and the account or the way to sign in. */
export function Header() {
  const user = useUser()
  const [path] = useLocation()
  // The fragment is kept: it holds the invitation to a private show.
  const signInPath =
    path === '/' || path === '/sign-in' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(path + window.location.hash)}`
  return (
    <header className={styles.header}>
      <Link href='/' className={styles.brand ?? ''}>
        Ambient
      </Link>
      {user ? (
        <nav className={styles.account} aria-label='Your account'>
          <Link href={`/users/${user.id}`} className={styles.profile ?? ''}>
            <Avatar id={user.id} name={user.displayName} avatarUrl={user.avatarUrl} size='tiny' />
            <span className={styles.name}>
              <span className='visually-hidden'>Your profile, </span>
              {user.displayName}
            </span>
          </Link>
          {!user.guest && (
            <Link href='/library' className={styles.iconLink ?? ''} aria-label='Your songs'>
              <Music size={22} aria-hidden='true' />
            </Link>
          )}
          <Link href='/settings' className={styles.iconLink ?? ''} aria-label='Settings'>
            <Settings size={22} aria-hidden='true' />
          </Link>
        </nav>
      ) : (
        <Link href={signInPath} className={styles.signIn ?? ''}>
          Sign in
        </Link>
      )}
    </header>
  )
}
