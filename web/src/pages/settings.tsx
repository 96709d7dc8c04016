import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import { ambient, useUser } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Loading, Notice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { BlockedPeople } from '../settings/blocked-people.tsx'
import { OwnData } from '../settings/own-data.tsx'
import { Picture } from '../settings/picture.tsx'
import { ProfileForm } from '../settings/profile-form.tsx'
import { Sessions } from '../settings/sessions.tsx'
import { SpotifyLink } from '../settings/spotify-link.tsx'
import styles from '../settings/settings.module.css'

/** The account as the server has it: another device may have changed it. */
function useFreshAccount(userId: string | undefined) {
  const [fresh, setFresh] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    if (!userId) return
    let wanted = true
    setFault(null)
    ambient.me.get().then(
      () => {
        if (wanted) setFresh(true)
      },
      (error: unknown) => {
        if (wanted) setFault(error instanceof Error ? error.message : String(error))
      }
    )
    return () => {
      wanted = false
    }
  }, [userId, attempt])
  return { fresh, fault, again: () => setAttempt(count => count + 1) }
}

/** Everything about one's own account. */
export function SettingsPage() {
  const user = useUser()
  const { fresh, fault, again } = useFreshAccount(user?.id)
  if (!user) {
    return (
      <Notice title='Settings'>
        <p>Nobody is signed in here.</p>
        <Link href='/sign-in?to=/settings'>Sign in</Link>
      </Notice>
    )
  }
  if (fault) {
    return (
      <Notice title='The settings can’t be loaded'>
        <p>{fault}</p>
        <Action onPress={again}>Try again</Action>
      </Notice>
    )
  }
  if (!fresh) return <Loading />

  return (
    <div className={styles.page}>
      <title>Settings · Ambient</title>
      <h1>Settings</h1>
      {user.guest ? (
        <GuestNotice />
      ) : (
        <>
          <Section title='Your page'>
            <Picture user={user} />
            <ProfileForm key={user.id} user={user} />
          </Section>
          <SpotifyLink user={user} />
          <Section title='Blocked people'>
            <BlockedPeople />
          </Section>
        </>
      )}
      <Section title='Where you are signed in'>
        <Sessions />
      </Section>
      <Section title='Your data'>
        <OwnData user={user} />
      </Section>
      <Section title='Appearance'>
        <p className={styles.soft}>Light or dark, and how much moves: as your device has it.</p>
      </Section>
    </div>
  )
}

function GuestNotice() {
  return (
    <div className={styles.guest}>
      <p>
        You are listening as a guest: you hear every open show and can react. To comment, to ask to speak, to follow
        people and to host a show of your own, sign in.
      </p>
      <p className={styles.soft}>A guest is forgotten after signing out.</p>
      <Link href='/sign-in?to=/'>Sign in</Link>
    </div>
  )
}
