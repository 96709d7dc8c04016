import { PlayerError, type PlayerDevice, type PlayerErrorReason, type PlayerState } from './player-device.ts'
import type { Sdk, SdkErrorEvent, SdkPlayer } from './web-playback-sdk.ts'

export interface SpotifyDeviceParts {
  loadSdk: () => Promise<Sdk>
  /** Returns a valid access token. */
  getToken: () => Promise<string>
  /** Called when the player fails, while it connects or later. */
  onError: (reason: PlayerErrorReason) => void
  fetch?: typeof fetch
}

const apiUrl = 'https://api.spotify.com/v1'
const reasons: Readonly<Record<SdkErrorEvent, PlayerErrorReason>> = {
  initialization_error: 'browser',
  authentication_error: 'link',
  account_error: 'premium',
  playback_error: 'track'
}

/**
 * Controls Spotify's player in this browser. Tracks are started through the Web API, since the SDK cannot start one.
 */
export function createSpotifyDevice({
  loadSdk,
  getToken,
  onError,
  fetch = globalThis.fetch.bind(globalThis)
}: SpotifyDeviceParts): PlayerDevice {
  let player: SdkPlayer | null = null
  let deviceId: string | null = null

  function addListeners(created: SdkPlayer, onReady: () => void, onFailure: (error: PlayerError) => void): void {
    created.addListener('ready', ({ device_id: id }) => {
      deviceId = id
      onReady()
    })
    created.addListener('not_ready', () => {
      deviceId = null
      onError('gone')
    })
    created.addListener('autoplay_failed', () => onError('tap'))
    for (const event of ['initialization_error', 'authentication_error', 'account_error', 'playback_error'] as const) {
      created.addListener(event, () => {
        onFailure(new PlayerError(reasons[event]))
        onError(reasons[event])
      })
    }
  }

  async function connect(): Promise<void> {
    const { Player } = await loadSdk().catch(() => {
      throw new PlayerError('notLoaded')
    })
    const created = new Player({
      name: 'Ambient',
      // Called again whenever a token expires. Without an answer the SDK emits authentication_error.
      getOAuthToken: give => {
        getToken().then(give, () => onError('link'))
      }
    })
    player = created
    const isReady = new Promise<void>((resolve, reject) => addListeners(created, resolve, reject))
    await created.activateElement()
    if (!(await created.connect())) throw new PlayerError('unknown')
    await isReady
  }

  return {
    connect,
    disconnect() {
      player?.disconnect()
      player = null
      deviceId = null
    },
    async getState(): Promise<PlayerState | null> {
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
      if (deviceId === null) throw new PlayerError('gone')
      const response = await fetch(`${apiUrl}/me/player/play?${new URLSearchParams({ device_id: deviceId })}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${await getToken()}`, 'content-type': 'application/json' },
        body: JSON.stringify({ uris: [`spotify:track:${trackId}`], position_ms: Math.round(positionMs) })
      })
      if (!response.ok) throw new PlayerError(reasonOf(response.status))
    },
    pause: async () => await player?.pause(),
    resume: async () => await player?.resume(),
    seek: async positionMs => await player?.seek(Math.round(positionMs))
  }
}

/** https://developer.spotify.com/documentation/web-api/reference/start-a-users-playback */
function reasonOf(status: number): PlayerErrorReason {
  if (status === 401) return 'link'
  if (status === 403) return 'premium'
  if (status === 404) return 'gone'
  return status === 429 ? 'busy' : 'unknown'
}
