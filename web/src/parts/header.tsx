import { Music, Settings } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import { useUser } from '../ambient.ts'
import { Portrait } from './portrait.tsx'
import styles from './header.module.css'

/** Where one is, and who one is. */
export function Header() {
  const user = useUser()
  const [place] = useLocation()
  // With the fragment, which is the way into a private show.
  const signIn =
    place === '/' || place === '/sign-in'
      ? '/sign-in'
      : `/sign-in?to=${encodeURIComponent(place + window.location.hash)}`
  return (
    <header className={styles.header}>
      <Link href='/' className={styles.brand ?? ''}>
        Ambient
      </Link>
      {user ? (
        <nav className={styles.who} aria-label='You'>
          <Link href={`/users/${user.id}`} className={styles.me ?? ''}>
            <Portrait id={user.id} name={user.displayName} avatarUrl={user.avatarUrl} size='tiny' />
            <span className={styles.name}>
              <span className='visually-hidden'>Your page, </span>
              {user.displayName}
            </span>
          </Link>
          {!user.guest && (
            <Link href='/library' className={styles.settings ?? ''} aria-label='Your songs'>
              <Music size={22} aria-hidden='true' />
            </Link>
          )}
          <Link href='/settings' className={styles.settings ?? ''} aria-label='Settings'>
            <Settings size={22} aria-hidden='true' />
          </Link>
        </nav>
      ) : (
        <Link href={signIn} className={styles.signIn ?? ''}>
          Sign in
        </Link>
      )}
    </header>
  )
}
