/** Somebody with an account at the stand-in. */
export interface Listener {
  id: string
  name: string
  image: string | null
}

/** Everything the stand-in knows, and what a test turns on it. */
export interface SpotifyStandInState {
  readonly clientId: string
  readonly clientSecret: string
  listeners: Listener[]
  accessTokenTtlS: number
  /** What fails on purpose. */
  failing: { accounts: boolean; api: boolean }
  /** The next so many calls of the Web API are answered 429, asking to wait so long. */
  rateLimit: { calls: number; retryAfterS: number }
  /** Refreshes wait for this, so that a test can pile them up. */
  refreshGate: Promise<void>
  /** How often a token was refreshed, and the Web API called. */
  refreshes: number
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
