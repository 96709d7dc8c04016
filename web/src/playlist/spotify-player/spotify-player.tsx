import type { RoomView } from '../../../../client/index.ts'
import { beginLinkingSpotify } from '../../sign-in/provider-sign-in.ts'
import { useSignInOptions } from '../../sign-in/use-sign-in-options.ts'
import { AsyncButton } from '../../ui/async-button.tsx'
import { errorMessages } from './error-messages.ts'
import { useSpotifyPlayer } from './use-spotify-player.ts'
import styles from './spotify-player.module.css'

/** Offers to play the show's Spotify tracks in this browser, where the server allows it. */
export function SpotifyPlayer({ view }: { view: RoomView }) {
  const isOffered = useSignInOptions()?.spotifyPlayer ?? false
  const { state, error, turnOn, turnOff } = useSpotifyPlayer(view)
  const isSpotifyTrack = view.room?.playback.item?.kind === 'spotify'
  if (!isOffered || (!isSpotifyTrack && state === 'off')) return null

  return (
    <section className={styles.player} aria-label='Listen along'>
      <p role='status'>
        {state === 'on' && !error
          ? 'Playing here, in sync with the show.'
          : state === 'starting'
            ? 'Starting Spotify’s player…'
            : 'Listen here in your own Spotify, in sync with the show. It needs Premium and loads Spotify’s player.'}
      </p>
      {error && (
        <p role='alert' className={styles.error}>
          {errorMessages[error]}
        </p>
      )}
      <div className={styles.buttons}>
        {error === 'link' && (
          <AsyncButton
            variant='primary'
            onPress={async () => await beginLinkingSpotify(window.location.pathname, true)}
          >
            Link Spotify with its player
          </AsyncButton>
        )}
        {error && error !== 'link' && (
          <AsyncButton variant='primary' onPress={turnOn}>
            Try again
          </AsyncButton>
        )}
        {!error && state === 'off' && <AsyncButton onPress={turnOn}>Listen along</AsyncButton>}
        {state !== 'off' && <AsyncButton onPress={turnOff}>Stop listening along</AsyncButton>}
      </div>
    </section>
  )
}
