/*
 * What we use of Spotify's Web Playback SDK, as its reference describes it:
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

export type SdkFault = 'initialization_error' | 'authentication_error' | 'account_error' | 'playback_error'

export interface SdkPlayer {
  connect(): Promise<boolean>
  disconnect(): void
  addListener(event: 'ready' | 'not_ready', listener: (device: { device_id: string }) => void): boolean
  addListener(event: 'autoplay_failed', listener: () => void): boolean
  addListener(event: SdkFault, listener: (fault: { message: string }) => void): boolean
  getCurrentState(): Promise<SdkState | null>
  /** From a tap: some browsers let only what was begun by one make a sound. */
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

const address = 'https://sdk.scdn.co/spotify-player.js'
let loading: Promise<Sdk> | null = null

/** Loads it from Spotify, once. Rejects when it can't be loaded; then it may be tried again. */
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
      else reject(new Error('The player came without itself.'))
    }
    script.addEventListener('error', () => {
      script.remove()
      reject(new Error('The player could not be loaded.'))
    })
    script.src = address
    script.async = true
    document.head.append(script)
  })
}
