import { useEffect, useRef, useState } from 'react'
import { nowPlaying, type RoomView } from '../../../../client/index.ts'
import { ambient } from '../../ambient.ts'
import { DeviceFault, type Device, type DeviceFaultReason } from './device.ts'
import { createFollower } from './follower.ts'
import type { Wanted } from './next-step.ts'
import { createPlayerTokens } from './player-tokens.ts'
import { createSpotifyDevice } from './spotify-device.ts'
import { loadSdk } from './web-playback-sdk.ts'

const lookEveryMs = 1000
/** So near its end a track is left alone: the next one comes. */
const endMs = 300

export interface OwnPlayer {
  state: 'off' | 'starting' | 'on'
  fault: DeviceFaultReason | null
  /** From a tap. */
  turnOn: () => Promise<void>
  turnOff: () => void
}

/** Spotify's player in this browser, off until somebody turns it on; then it follows what plays. */
export function useOwnPlayer(view: RoomView): OwnPlayer {
  const latest = useRef(view)
  latest.current = view
  const running = useRef<{ device: Device; follow: () => Promise<void> } | null>(null)
  const [state, setState] = useState<OwnPlayer['state']>('off')
  const [fault, setFault] = useState<DeviceFaultReason | null>(null)

  function turnOff() {
    running.current?.device.disconnect()
    running.current = null
    setState('off')
    setFault(null)
  }

  async function turnOn() {
    turnOff()
    setState('starting')
    const freshToken = createPlayerTokens(async () => await ambient.spotify.playerToken(), Date.now)
    const isMine = () => running.current?.device === device
    const failed = (reason: DeviceFaultReason) => {
      if (isMine()) setFault(reason)
    }
    const device = createSpotifyDevice({ loadSdk, freshToken, failed })
    const { follow } = createFollower({
      device,
      wanted: () => wantedIn(latest.current),
      failed,
      well: () => {
        if (isMine()) setFault(null)
      }
    })
    running.current = { device, follow }
    try {
      // Without leave nothing of Spotify's is loaded.
      await freshToken()
      await device.connect()
      if (isMine()) setState('on')
    } catch (error) {
      if (!isMine()) return
      turnOff()
      setFault(error instanceof DeviceFault ? error.reason : 'unknown')
    }
  }

  const playback = view.room?.playback
  useEffect(() => {
    if (state !== 'on') return
    const follow = () => {
      running.current?.follow()
    }
    follow()
    const timer = setInterval(follow, lookEveryMs)
    return () => clearInterval(timer)
  }, [state, playback])
  useEffect(
    () => () => {
      running.current?.device.disconnect()
      running.current = null
    },
    []
  )

  return { state, fault, turnOn, turnOff }
}

function wantedIn(view: RoomView): Wanted | null {
  const playing = nowPlaying(view, Date.now())
  if (
    !playing?.isPlaying ||
    playing.item.kind !== 'spotify' ||
    playing.item.trackId === undefined ||
    playing.remainingMs <= endMs
  ) {
    return null
  }
  return { trackId: playing.item.trackId, positionMs: playing.positionMs }
}
