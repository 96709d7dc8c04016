/** A person with an account at the stand-in. */
export interface Listener {
  id: string
  name: string
  image: string | null
}

/** The state of the stand-in, which tests change. */
export interface SpotifyStandInState {
  readonly clientId: string
  readonly clientSecret: string
  listeners: Listener[]
  accessTokenTtlS: number
  /**
   * The shapes of answers, by the mode of the app at Spotify. `both` has old and new names, as reported by others at
   * the time of the change.
   */
  mode: 'development' | 'extended' | 'both'
  /** Whether the listeners follow a playlist of somebody else. */
  followsForeignPlaylist: boolean
  /** The services that fail. */
  failing: { accounts: boolean; api: boolean }
  /** The next `calls` requests to the Web API are answered 429 with this `retry-after`. */
  rateLimit: { calls: number; retryAfterS: number }
  /** Refreshes wait for this promise, so that a test can make them concurrent. */
  refreshGate: Promise<void>
  /** Number of token refreshes so far. */
  refreshes: number
  /** The paths of all requests to the Web API. */
  calls: string[]
  authorizeQueries: Record<string, string>[]
  readonly codes: Map<string, { listenerId: string; challenge: string; redirectUri: string; scope: string }>
  readonly refreshTokens: Map<string, { listenerId: string; scope: string }>
  readonly accessTokens: Map<string, { listenerId: string; expiresAtMs: number }>
}

export function createState(): SpotifyStandInState {
  return {
    clientId: 'stand-in-client',
    clientSecret: 'stand-in-secret',
    listeners: [
      { id: 'listener1', name: 'First listener', image: null },
      { id: 'listener2', name: 'Second listener', image: null }
    ],
    accessTokenTtlS: 3600,
    mode: 'development',
    followsForeignPlaylist: false,
    failing: { accounts: false, api: false },
    rateLimit: { calls: 0, retryAfterS: 0 },
    refreshGate: Promise.resolve(),
    refreshes: 0,
    calls: [],
    authorizeQueries: [],
    codes: new Map(),
    refreshTokens: new Map(),
    accessTokens: new Map()
  }
}
