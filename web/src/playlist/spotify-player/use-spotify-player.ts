import { useEffect, useRef, useState } from 'react'
import { nowPlaying, type RoomView } from '../../../../client/index.ts'
import { ambient } from '../../ambient.ts'
import type { PlaybackTarget } from './next-step.ts'
import { createPlaybackFollower } from './playback-follower.ts'
import { PlayerError, type PlayerDevice, type PlayerErrorReason } from './player-device.ts'
import { createPlayerTokens } from './player-tokens.ts'
import { createSpotifyDevice } from './spotify-device.ts'
import { loadSdk } from './web-playback-sdk.ts'

const followEveryMs = 1000
/** A track with less than this left is not started or moved: the next one follows. */
const minRemainingMs = 300

export interface SpotifyPlayerState {
  state: 'off' | 'starting' | 'on'
  error: PlayerErrorReason | null
  /** Turns the player on. Must be called from a tap: browsers allow sound only then. */
  turnOn: () => Promise<void>
  turnOff: () => void
}

/** Controls Spotify's player in this browser. It is off until the user turns it on, and then follows the show. */
export function useSpotifyPlayer(view: RoomView): SpotifyPlayerState {
  const latestView = useRef(view)
  latestView.current = view
  const running = useRef<{ device: PlayerDevice; follow: () => Promise<void> } | null>(null)
  const [state, setState] = useState<SpotifyPlayerState['state']>('off')
  const [error, setError] = useState<PlayerErrorReason | null>(null)

  function turnOff() {
    running.current?.device.disconnect()
    running.current = null
    setState('off')
    setError(null)
  }

  async function turnOn() {
    turnOff()
    setState('starting')
    const getToken = createPlayerTokens(async () => await ambient.spotify.playerToken(), Date.now)
    // Whether this device is still the one that was turned on last.
    const isCurrent = () => running.current?.device === device
    const onError = (reason: PlayerErrorReason) => {
      if (isCurrent()) setError(reason)
    }
    const device = createSpotifyDevice({ loadSdk, getToken, onError })
    const { follow } = createPlaybackFollower({
      device,
      getTarget: () => playbackTarget(latestView.current),
      onError,
      onInSync: () => {
        if (isCurrent()) setError(null)
      }
    })
    running.current = { device, follow }
    try {
      // Spotify's script is loaded only when the user has given permission.
      await getToken()
      await device.connect()
      if (isCurrent()) setState('on')
    } catch (error) {
      if (!isCurrent()) return
      turnOff()
      setError(error instanceof PlayerError ? error.reason : 'unknown')
    }
  }

  const playback = view.room?.playback
  useEffect(() => {
    if (state !== 'on') return
    const follow = () => {
      running.current?.follow()
    }
    follow()
    const timer = setInterval(follow, followEveryMs)
    return () => clearInterval(timer)
  }, [state, playback])
  useEffect(
    () => () => {
      running.current?.device.disconnect()
      running.current = null
    },
    []
  )

  return { state, error, turnOn, turnOff }
}

function playbackTarget(view: RoomView): PlaybackTarget | null {
  const playing = nowPlaying(view, Date.now())
  if (
    !playing?.isPlaying ||
    playing.item.kind !== 'spotify' ||
    playing.item.trackId === undefined ||
    playing.remainingMs <= minRemainingMs
  ) {
    return null
  }
  return { trackId: playing.item.trackId, positionMs: playing.positionMs }
}
