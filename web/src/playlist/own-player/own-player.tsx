import { useEffect, useState } from 'react'
import type { RoomView } from '../../../../client/index.ts'
import { ambient } from '../../ambient.ts'
import { Action } from '../../parts/action.tsx'
import { beginLinkingSpotify } from '../../sign-in/provider.ts'
import { faultWords } from './fault-words.ts'
import { useOwnPlayer } from './use-own-player.ts'
import styles from './own-player.module.css'

/** Offers to play along in one's own Spotify, where this server lets people. */
export function OwnPlayer({ view }: { view: RoomView }) {
  const isOffered = useOffered()
  const { state, fault, turnOn, turnOff } = useOwnPlayer(view)
  const isNeeded = view.room?.playback.item?.kind === 'spotify'
  if (!isOffered || (!isNeeded && state === 'off')) return null

  return (
    <section className={styles.own} aria-label='Play along'>
      <p role='status'>
        {state === 'on' && !fault
          ? 'It plays here, in step with everybody.'
          : state === 'starting'
            ? 'Turning on Spotify’s player…'
            : 'Hear it here in your own Spotify, in step with everybody. It takes Premium, and loads Spotify’s player.'}
      </p>
      {fault && (
        <p role='alert' className={styles.fault}>
          {faultWords[fault]}
        </p>
      )}
      <div className={styles.buttons}>
        {fault === 'link' && (
          <Action kind='main' onPress={async () => await beginLinkingSpotify(window.location.pathname, true)}>
            Link Spotify with its player
          </Action>
        )}
        {fault && fault !== 'link' && (
          <Action kind='main' onPress={turnOn}>
            Try again
          </Action>
        )}
        {!fault && state === 'off' && <Action onPress={turnOn}>Play along</Action>}
        {state !== 'off' && <Action onPress={turnOff}>Stop playing along</Action>}
      </div>
    </section>
  )
}

function useOffered(): boolean {
  const [isOffered, setOffered] = useState(false)
  useEffect(() => {
    let wanted = true
    ambient.account.signInOptions().then(
      ({ spotifyPlayer }) => {
        if (wanted) setOffered(spotifyPlayer)
      },
      () => {}
    )
    return () => {
      wanted = false
    }
  }, [])
  return isOffered
}
