import helmet, { type FastifyHelmetOptions } from '@fastify/helmet'
import Fastify from 'fastify'
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

/** What every answer has anyway. */
const ofAnyAnswer = new Set(['connection', 'content-length', 'content-type', 'date'])

/**
 * The headers helmet sets. They are the same in every answer, so it is asked once: asked anew for each, it was half the cost of a
 * small request.
 */
async function headersOf(options: FastifyHelmetOptions): Promise<Record<string, string>> {
  const model = Fastify()
  await model.register(helmet, options)
  model.get('/', async () => '')
  const { headers } = await model.inject('/')
  await model.close()
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (ofAnyAnswer.has(name) ? [] : [[name, String(value)]]))
  )
}

/** Nothing, where nothing is allowed. */
const orNone = (sources: readonly string[]) => (sources.length > 0 ? [...sources] : ["'none'"])

/** Headers that keep what the API says out of caches, and the web client to itself: its own scripts, its own sockets, sound from blobs; Spotify's where it is set up. */
export default fp(
  async app => {
    const { NODE_ENV, SPOTIFY_CLIENT_ID, SPOTIFY_PLAYER, SPOTIFY_API_URL } = app.config
    const pictures = SPOTIFY_CLIENT_ID === undefined ? [] : [...spotifyPictures, new URL(SPOTIFY_API_URL).origin]
    const player =
      SPOTIFY_CLIENT_ID !== undefined && SPOTIFY_PLAYER
        ? spotifyPlayer
        : { script: [], frame: [], connect: [], media: [] }
    const headers = await headersOf({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          baseUri: ["'none'"],
          objectSrc: ["'none'"],
          frameAncestors: ["'none'"],
          formAction: ["'self'"],
          scriptSrc: ["'self'", ...player.script],
          frameSrc: orNone(player.frame),
          // React Aria places its overlays by inline styles.
          styleSrc: ["'self'", "'unsafe-inline'"],
          fontSrc: ["'self'"],
          imgSrc: ["'self'", 'data:', 'blob:', ...pictures],
          mediaSrc: ["'self'", 'blob:', 'mediastream:', ...player.media],
          connectSrc: ["'self'", 'ws:', 'wss:', ...player.connect]
        }
      },
      frameguard: { action: 'deny' },
      strictTransportSecurity: NODE_ENV === 'production',
      crossOriginEmbedderPolicy: false
    })
    app.addHook('onRequest', ({ url }, reply, done) => {
      reply.headers(headers)
      // Much of it is for one person alone, and all of it may change at once; what may be kept says so itself.
      if (url.startsWith('/v1/')) reply.header('cache-control', 'no-store')
      done()
    })
  },
  { name: 'security-headers' }
)
