/*
 * Loads Spotify's Web Playback SDK. The types are the parts used here, as in its reference:
 * https://developer.spotify.com/documentation/web-playback-sdk/reference
 */

interface SdkTrack {
  id: string | null
  linked_from?: { id: string | null } | null
}

export interface SdkState {
  paused: boolean
  position: number
  track_window: { current_track: SdkTrack | null }
}

export type SdkErrorEvent = 'initialization_error' | 'authentication_error' | 'account_error' | 'playback_error'

export interface SdkPlayer {
  connect(): Promise<boolean>
  disconnect(): void
  addListener(event: 'ready' | 'not_ready', listener: (device: { device_id: string }) => void): boolean
  addListener(event: 'autoplay_failed', listener: () => void): boolean
  addListener(event: SdkErrorEvent, listener: (error: { message: string }) => void): boolean
  getCurrentState(): Promise<SdkState | null>
  /** Must be called from a tap: some browsers allow sound only then. */
  activateElement(): Promise<void>
  pause(): Promise<void>
  resume(): Promise<void>
  seek(positionMs: number): Promise<void>
}

export interface SdkPlayerOptions {
  name: string
  getOAuthToken(give: (token: string) => void): void
  volume?: number
}

export interface Sdk {
  Player: new (options: SdkPlayerOptions) => SdkPlayer
}

declare global {
  interface Window {
    Spotify?: Sdk
    onSpotifyWebPlaybackSDKReady?: () => void
  }
}

const scriptUrl = 'https://sdk.scdn.co/spotify-player.js'
let loading: Promise<Sdk> | null = null

/** Loads the SDK from Spotify, once. After a failure it can be called again. */
export async function loadSdk(): Promise<Sdk> {
  loading ??= addScript().catch((error: unknown) => {
    loading = null
    throw error
  })
  return await loading
}

async function addScript(): Promise<Sdk> {
  if (window.Spotify) return window.Spotify
  return await new Promise((resolve, reject) => {
    const script = document.createElement('script')
    window.onSpotifyWebPlaybackSDKReady = () => {
      if (window.Spotify) resolve(window.Spotify)
      else reject(new Error("Spotify's script did not define the player."))
    }
    script.addEventListener('error', () => {
      script.remove()
      reject(new Error("Spotify's player could not be loaded."))
    })
    script.src = scriptUrl
    script.async = true
    document.head.append(script)
  })
}
