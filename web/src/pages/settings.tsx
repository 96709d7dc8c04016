import { lazy, useEffect, useState } from 'react'
import { Link } from 'wouter'
import { ambient, useUser } from '../ambient.ts'
import { ThemeField } from '../appearance/theme-field.tsx'
import { errorMessage } from '../errors.ts'
import { AvatarEditor } from '../settings/avatar-editor.tsx'
import { BlockedPeople } from '../settings/blocked-people.tsx'
import { ListedInShows } from '../settings/listed-in-shows.tsx'
import { OnlineStatus } from '../settings/online-status.tsx'
import { PersonalData } from '../settings/personal-data.tsx'
import { ProfileForm } from '../settings/profile-form.tsx'
import { RecordingSpace } from '../settings/recording-space.tsx'
import { SignInSessions } from '../settings/sign-in-sessions.tsx'
import { SpotifyLink } from '../settings/spotify-link.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import { Loading } from '../ui/loading.tsx'
import { Notice } from '../ui/notice.tsx'
import { Section } from '../ui/section.tsx'
import styles from '../settings/settings.module.css'

const NotificationSettings = lazy(async () => ({
  default: (await import('../notifications/notification-settings.tsx')).NotificationSettings
}))
const ShortcutTable = lazy(async () => ({ default: (await import('../shortcuts/shortcut-table.tsx')).ShortcutTable }))
const WebhookSettings = lazy(async () => ({
  default: (await import('../webhooks/webhook-settings.tsx')).WebhookSettings
}))
const BlockedWords = lazy(async () => ({ default: (await import('../settings/blocked-words.tsx')).BlockedWords }))
const CalendarFeed = lazy(async () => ({ default: (await import('../settings/calendar-feed.tsx')).CalendarFeed }))

/** Loads the account from the server: another device may have changed it. */
function useFreshAccount(userId: string | undefined) {
  const [isFresh, setIsFresh] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    if (!userId) return
    let isCurrent = true
    setError(null)
    ambient.me.get().then(
      () => {
        if (isCurrent) setIsFresh(true)
      },
      (error: unknown) => {
        if (isCurrent) setError(errorMessage(error))
      }
    )
    return () => {
      isCurrent = false
    }
  }, [userId, attempt])
  return { isFresh, error, retry: () => setAttempt(count => count + 1) }
}

/** The settings of the user's own account. */
export function SettingsPage() {
  const user = useUser()
  const { isFresh, error, retry } = useFreshAccount(user?.id)
  if (!user) {
    return (
      <Notice title='Settings'>
        <p>You’re not signed in.</p>
        <Link href='/sign-in?to=/settings'>Sign in</Link>
      </Notice>
    )
  }
  if (error) {
    return (
      <Notice title='Can’t load your settings'>
        <p>{error}</p>
        <AsyncButton onPress={retry}>Try again</AsyncButton>
      </Notice>
    )
  }
  if (!isFresh) return <Loading />

  return (
    <div className={styles.page}>
      <title>Settings · Ambient</title>
      <h1>Settings</h1>
      {user.guest ? (
        <GuestNotice />
      ) : (
        <>
          <Section title='Profile'>
            <AvatarEditor user={user} />
            <ProfileForm key={user.id} user={user} />
          </Section>
          <SpotifyLink user={user} />
          <RecordingSpace />
          <Section title='Online status'>
            <OnlineStatus user={user} />
            <ListedInShows user={user} />
          </Section>
          <Section title='Notifications'>
            <LazyBoundary>
              <NotificationSettings key={user.id} user={user} />
            </LazyBoundary>
          </Section>
          <Section title='Shows in your calendar'>
            <LazyBoundary>
              <CalendarFeed />
            </LazyBoundary>
          </Section>
          <Section title='Webhooks'>
            <LazyBoundary>
              <WebhookSettings />
            </LazyBoundary>
          </Section>
          <Section title='Comments in your shows'>
            <LazyBoundary>
              <BlockedWords key={user.id} />
            </LazyBoundary>
          </Section>
          <Section title='Blocked people'>
            <BlockedPeople />
          </Section>
        </>
      )}
      <Section title='Where you’re signed in'>
        <SignInSessions />
      </Section>
      <Section title='Your data'>
        <PersonalData user={user} />
      </Section>
      <Section title='Appearance'>
        <ThemeField />
      </Section>
      <Section title='Keyboard shortcuts'>
        <LazyBoundary>
          <ShortcutTable />
        </LazyBoundary>
      </Section>
    </div>
  )
}

function GuestNotice() {
  return (
    <div className={styles.guest}>
      <p>
        You’re listening as a guest. You can hear any show that isn’t private, and react. Sign in to comment, request to
        speak, follow people and host your own show.
      </p>
      <p className={styles.muted}>Your guest account is forgotten when you sign out.</p>
      <Link href='/sign-in?to=/settings'>Sign in</Link>
    </div>
  )
}
