import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import type { CodedError } from '../../../client/index.ts'
import { errorMessage } from '../errors.ts'
import { beginLinkingSpotify } from '../sign-in/provider-sign-in.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import styles from './spotify-error.module.css'

interface SpotifyErrorProps {
  error: CodedError
  /**
   * The path to come back to after linking Spotify; null during a show, which goes on in the mini-player while the
   * settings are open.
   */
  returnPath: string | null
  onRetry: () => Promise<void> | void
}

/** Explains an error of Spotify, with the button that solves it: link the account, wait, or try again. */
export function SpotifyError({ error, returnPath, onRetry }: SpotifyErrorProps) {
  switch (error.code) {
    case 'SPOTIFY_OFF':
      return (
        <div className={styles.notice}>
          <p>Spotify isn’t set up on this server. Its operator can turn it on.</p>
        </div>
      )
    case 'SPOTIFY_NOT_LINKED':
      return (
        <LinkPrompt
          text='Your Spotify account isn’t linked yet. Link it to search for music and use your playlists.'
          linkLabel='Link Spotify'
          returnPath={returnPath}
          onRetry={onRetry}
        />
      )
    case 'SPOTIFY_RELINK':
      return (
        <LinkPrompt
          text='Spotify needs you to link your account again.'
          linkLabel='Link again'
          returnPath={returnPath}
          onRetry={onRetry}
        />
      )
    case 'RATE_LIMITED':
      return <RateLimitNotice key={error.retryAfterMs} waitMs={error.retryAfterMs ?? 0} onRetry={onRetry} />
    default:
      return (
        <div className={styles.notice}>
          <p>{errorMessage(error)}</p>
          <AsyncButton onPress={onRetry}>Try again</AsyncButton>
        </div>
      )
  }
}

interface LinkPromptProps extends Pick<SpotifyErrorProps, 'returnPath' | 'onRetry'> {
  text: string
  linkLabel: string
}

function LinkPrompt({ text, linkLabel, returnPath, onRetry }: LinkPromptProps) {
  return (
    <div className={styles.notice}>
      <p>{text}</p>
      <div className={styles.buttons}>
        {returnPath === null ? (
          <Link className={styles.link ?? ''} href='/settings'>
            {linkLabel} in your settings
          </Link>
        ) : (
          <AsyncButton variant='primary' onPress={async () => await beginLinkingSpotify(returnPath)}>
            {linkLabel}
          </AsyncButton>
        )}
        <AsyncButton onPress={onRetry}>Try again</AsyncButton>
      </div>
    </div>
  )
}

/** Counts down until a rate-limited request can be tried again. The countdown is not announced to screen readers. */
function RateLimitNotice({ waitMs, onRetry }: { waitMs: number; onRetry: SpotifyErrorProps['onRetry'] }) {
  const [untilMs] = useState(() => Date.now() + waitMs)
  const [leftS, setLeftS] = useState(Math.ceil(waitMs / 1000))
  useEffect(() => {
    const timer = setInterval(() => setLeftS(Math.max(0, Math.ceil((untilMs - Date.now()) / 1000))), 250)
    return () => clearInterval(timer)
  }, [untilMs])
  return (
    <div className={styles.notice}>
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
          'You can try again now.'
        )}
      </p>
      <AsyncButton isDisabled={leftS > 0} onPress={onRetry}>
        Try again
      </AsyncButton>
    </div>
  )
}
