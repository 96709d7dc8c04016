import helmet from '@fastify/helmet'
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

/** Headers that keep the web client to itself: its own scripts, its own sockets, sound from blobs; Spotify's where it is set up. */
export default fp(async app => {
  const { NODE_ENV, SPOTIFY_CLIENT_ID, SPOTIFY_PLAYER, SPOTIFY_API_URL } = app.config
  const production = NODE_ENV === 'production'
  const pictures = SPOTIFY_CLIENT_ID === undefined ? [] : [...spotifyPictures, new URL(SPOTIFY_API_URL).origin]
  const player = SPOTIFY_CLIENT_ID !== undefined && SPOTIFY_PLAYER ? spotifyPlayer : { script: [], frame: [], connect: [], media: [] }
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'none'"],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
        formAction: ["'self'"],
        scriptSrc: ["'self'", ...player.script],
        frameSrc: player.frame.length > 0 ? player.frame : ["'none'"],
        // React Aria places its overlays by inline styles.
        styleSrc: ["'self'", "'unsafe-inline'"],
        fontSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:', ...pictures],
        mediaSrc: ["'self'", 'blob:', 'mediastream:', ...player.media],
        connectSrc: ["'self'", 'ws:', 'wss:', ...player.connect]
      }
    },
    strictTransportSecurity: production,
    crossOriginEmbedderPolicy: false
  })
}, { name: 'security-headers' })
