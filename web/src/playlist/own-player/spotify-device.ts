import { DeviceFault, type Device, type DeviceFaultReason, type DeviceState } from './device.ts'
import type { Sdk, SdkFault, SdkPlayer } from './web-playback-sdk.ts'

export interface SpotifyDeviceParts {
  loadSdk: () => Promise<Sdk>
  /** An access token that is good now. */
  freshToken: () => Promise<string>
  /** Something is in the way, now or later. */
  failed: (reason: DeviceFaultReason) => void
  fetch?: typeof fetch
}

const api = 'https://api.spotify.com/v1'
const reasons: Readonly<Record<SdkFault, DeviceFaultReason>> = {
  initialization_error: 'browser',
  authentication_error: 'link',
  account_error: 'premium',
  playback_error: 'track'
}

/** Spotify's player in this browser, as a device. It plays what its Web API tells it to: the SDK itself can't start a track. */
export function createSpotifyDevice({
  loadSdk,
  freshToken,
  failed,
  fetch: ask = globalThis.fetch.bind(globalThis)
}: SpotifyDeviceParts): Device {
  let player: SdkPlayer | null = null
  let deviceId: string | null = null

  function listenTo(made: SdkPlayer, ready: () => void, broken: (fault: DeviceFault) => void): void {
    made.addListener('ready', ({ device_id: id }) => {
      deviceId = id
      ready()
    })
    made.addListener('not_ready', () => {
      deviceId = null
      failed('gone')
    })
    made.addListener('autoplay_failed', () => failed('tap'))
    for (const event of ['initialization_error', 'authentication_error', 'account_error', 'playback_error'] as const) {
      made.addListener(event, () => {
        broken(new DeviceFault(reasons[event]))
        failed(reasons[event])
      })
    }
  }

  async function connect(): Promise<void> {
    const { Player } = await loadSdk().catch(() => {
      throw new DeviceFault('notLoaded')
    })
    const made = new Player({
      name: 'Ambient',
      // Asked again whenever the last one is over; without an answer the SDK says authentication_error by itself.
      getOAuthToken: give => {
        freshToken().then(give, () => failed('link'))
      }
    })
    player = made
    const isReady = new Promise<void>((resolve, reject) => listenTo(made, resolve, reject))
    await made.activateElement()
    if (!(await made.connect())) throw new DeviceFault('unknown')
    await isReady
  }

  return {
    connect,
    disconnect() {
      player?.disconnect()
      player = null
      deviceId = null
    },
    async now(): Promise<DeviceState | null> {
      const state = await player?.getCurrentState()
      const track = state?.track_window.current_track
      if (!state || !track) return null
      return {
        trackIds: [track.id, track.linked_from?.id].flatMap(id => id ?? []),
        positionMs: state.position,
        isPaused: state.paused
      }
    },
    async start(trackId, positionMs) {
      if (deviceId === null) throw new DeviceFault('gone')
      const response = await ask(`${api}/me/player/play?${new URLSearchParams({ device_id: deviceId })}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${await freshToken()}`, 'content-type': 'application/json' },
        body: JSON.stringify({ uris: [`spotify:track:${trackId}`], position_ms: Math.round(positionMs) })
      })
      if (!response.ok) throw new DeviceFault(reasonOf(response.status))
    },
    pause: async () => await player?.pause(),
    resume: async () => await player?.resume(),
    seek: async positionMs => await player?.seek(Math.round(positionMs))
  }
}

/** https://developer.spotify.com/documentation/web-api/reference/start-a-users-playback */
function reasonOf(status: number): DeviceFaultReason {
  if (status === 401) return 'link'
  if (status === 403) return 'premium'
  if (status === 404) return 'gone'
  return status === 429 ? 'busy' : 'unknown'
}
