import { useEffect, useState } from 'react'
import type { CodedError } from '../../../client/index.ts'
import { Action } from '../parts/action.tsx'
import { beginLinkingSpotify } from '../sign-in/provider.ts'
import styles from './spotify-fault.module.css'

interface SpotifyFaultProps {
  fault: CodedError
  /** Where to come back to after linking; null where leaving this page would end something, so that it is done in another tab. */
  to: string | null
  again: () => Promise<void> | void
}

/** What is in the way between somebody and their Spotify, in words, and the way out. */
export function SpotifyFault({ fault, to, again }: SpotifyFaultProps) {
  switch (fault.code) {
    case 'SPOTIFY_OFF':
      return (
        <div className={styles.fault}>
          <p>Spotify is not set up on this server. Whoever runs it can turn it on.</p>
        </div>
      )
    case 'SPOTIFY_NOT_LINKED':
      return (
        <ToLink
          words='Your Spotify account is not linked yet. Link it to search for music and to take your playlists with you.'
          link='Link Spotify'
          to={to}
          again={again}
        />
      )
    case 'SPOTIFY_RELINK':
      return <ToLink words='Spotify asks you to link your account again.' link='Link again' to={to} again={again} />
    case 'RATE_LIMITED':
      return <ToWait key={fault.retryAfterMs} waitMs={fault.retryAfterMs ?? 0} again={again} />
    default:
      return (
        <div className={styles.fault}>
          <p>{fault.message}</p>
          <Action onPress={again}>Try again</Action>
        </div>
      )
  }
}

function ToLink({ words, link, to, again }: Pick<SpotifyFaultProps, 'to' | 'again'> & { words: string; link: string }) {
  return (
    <div className={styles.fault}>
      <p>{words}</p>
      <div className={styles.buttons}>
        {to === null ? (
          <a className={styles.link} href='/settings' target='_blank' rel='noreferrer'>
            {link} in another tab
          </a>
        ) : (
          <Action kind='main' onPress={async () => await beginLinkingSpotify(to)}>
            {link}
          </Action>
        )}
        <Action onPress={again}>Try again</Action>
      </div>
    </div>
  )
}

/** Too much at once; the time runs down for the eye. */
function ToWait({ waitMs, again }: { waitMs: number; again: SpotifyFaultProps['again'] }) {
  const [untilMs] = useState(() => Date.now() + waitMs)
  const [leftS, setLeftS] = useState(Math.ceil(waitMs / 1000))
  useEffect(() => {
    const timer = setInterval(() => setLeftS(Math.max(0, Math.ceil((untilMs - Date.now()) / 1000))), 250)
    return () => clearInterval(timer)
  }, [untilMs])
  return (
    <div className={styles.fault}>
      <p>
        That was a lot at once.{' '}
        {leftS > 0 ? (
          <>
            Wait{' '}
            <span role='timer' aria-live='off'>
              {leftS}
            </span>{' '}
            {leftS === 1 ? 'second' : 'seconds'}.
          </>
        ) : (
          'It can be tried again now.'
        )}
      </p>
      <Action isDisabled={leftS > 0} onPress={again}>
        Try again
      </Action>
    </div>
  )
}
