import fp from 'fastify-plugin'

/** Where Spotify keeps its pictures; a stand-in keeps its own. */
const spotifyPictures = ['https://i.scdn.co', 'https://mosaic.scdn.co', 'https://*.spotifycdn.com']
/** What Spotify's own player loads and talks to: https://developer.spotify.com/documentation/web-playback-sdk */
const spotifyPlayer = {
  script: ['https://sdk.scdn.co'],
  frame: ['https://sdk.scdn.co'],
  connect: ['https://*.spotify.com', 'wss://*.spotify.com', 'https://*.scdn.co'],
  media: ['https://*.scdn.co']
}

/** A Content-Security-Policy from what each kind of thing may be loaded from; `'none'` where there is nothing. */
function policy (directives: Record<string, readonly string[]>): string {
  return Object.entries(directives).map(([name, sources]) => `${name} ${sources.length > 0 ? sources.join(' ') : "'none'"}`).join(';')
}

/**
 * Headers that keep the web client to itself: its own scripts, its own sockets, sound from blobs; Spotify's where it is set up. They are
 * the same in every answer, so they are made once: by @fastify/helmet, anew for each, they were half the cost of a small request.
 */
export default fp(async app => {
  const { NODE_ENV, SPOTIFY_CLIENT_ID, SPOTIFY_PLAYER, SPOTIFY_API_URL } = app.config
  const pictures = SPOTIFY_CLIENT_ID === undefined ? [] : [...spotifyPictures, new URL(SPOTIFY_API_URL).origin]
  const player = SPOTIFY_CLIENT_ID !== undefined && SPOTIFY_PLAYER ? spotifyPlayer : { script: [], frame: [], connect: [], media: [] }
  const headers = {
    'content-security-policy': policy({
      'default-src': ["'self'"],
      'base-uri': [],
      'object-src': [],
      'frame-ancestors': [],
      'form-action': ["'self'"],
      'script-src': ["'self'", ...player.script],
      'frame-src': player.frame,
      // React Aria places its overlays by inline styles.
      'style-src': ["'self'", "'unsafe-inline'"],
      'font-src': ["'self'"],
      'img-src': ["'self'", 'data:', 'blob:', ...pictures],
      'media-src': ["'self'", 'blob:', 'mediastream:', ...player.media],
      'connect-src': ["'self'", 'ws:', 'wss:', ...player.connect]
    }),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    ...(NODE_ENV === 'production' && { 'strict-transport-security': 'max-age=31536000; includeSubDomains' })
  }
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers)
    done()
  })
}, { name: 'security-headers' })
