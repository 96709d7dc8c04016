import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import helmet, { type FastifyHelmetOptions } from '@fastify/helmet'
import Fastify from 'fastify'
import fp from 'fastify-plugin'

/** Hosts of Spotify's pictures. A stand-in serves its own. */
const spotifyPictures = ['https://i.scdn.co', 'https://mosaic.scdn.co', 'https://*.spotifycdn.com']
/** Sources of Spotify's own player: https://developer.spotify.com/documentation/web-playback-sdk */
const spotifyPlayer = {
  script: ['https://sdk.scdn.co'],
  frame: ['https://sdk.scdn.co'],
  connect: ['https://*.spotify.com', 'wss://*.spotify.com', 'https://*.scdn.co'],
  media: ['https://*.scdn.co']
}

const builtFolder = join(import.meta.dirname, '..', '..', 'web', 'dist')
/** Pages of the web client that choose their theme by an inline script, before they are shown. */
const pagesWithScripts = ['index.html', 'offline.html']

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Headers of the one page that other websites may show in a frame. The sandbox gives it an origin of its own:
     * it reaches no storage of the web client, and its requests carry no credentials.
     */
    frameableHeaders: Readonly<Record<string, string>>
  }
}

const frameableHeaders = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "media-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    'frame-ancestors *',
    'sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox'
  ].join(';'),
  'cross-origin-resource-policy': 'cross-origin'
}

/** Headers of every answer that helmet does not set. */
const commonHeaders = new Set(['connection', 'content-length', 'content-type', 'date'])

/**
 * Returns the headers that helmet sets. They are the same in every answer, so helmet runs once: running it for each
 * request was half the cost of a small request.
 */
async function headersOf(options: FastifyHelmetOptions): Promise<Record<string, string>> {
  const model = Fastify()
  await model.register(helmet, options)
  model.get('/', async () => '')
  const { headers } = await model.inject('/')
  await model.close()
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (commonHeaders.has(name) ? [] : [[name, String(value)]]))
  )
}

/** Returns the sources, or 'none' when there are none. */
const orNone = (sources: readonly string[]) => (sources.length > 0 ? [...sources] : ["'none'"])

/** Returns the sources of the inline scripts in the built pages, by their hashes. Without a build there are none. */
async function inlineScripts(): Promise<string[]> {
  const pages = await Promise.all(
    pagesWithScripts.map(async file => await readFile(join(builtFolder, file), 'utf8').catch(() => ''))
  )
  const scripts = pages.flatMap(html =>
    [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script = '']) => script)
  )
  return [...new Set(scripts)].map(script => `'sha256-${createHash('sha256').update(script).digest('base64')}'`)
}

/**
 * Returns the source of the server's own sockets. In current browsers 'self' includes them
 * (https://www.w3.org/TR/CSP3/#match-url-to-source-expression); in Safari before version 15.4 it does not.
 */
function socketsOf(publicUrl: string | undefined): string[] {
  return publicUrl === undefined ? [] : [new URL(publicUrl).origin.replace(/^http/, 'ws')]
}

/**
 * Sets headers that keep answers of the API out of caches, and restrict the web client to its own scripts, its own
 * sockets and sound from blobs, and to those of Spotify where it is set up.
 */
export default fp(
  async app => {
    const { NODE_ENV, PUBLIC_URL, SPOTIFY_CLIENT_ID, SPOTIFY_PLAYER, SPOTIFY_API_URL } = app.config
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
          scriptSrc: ["'self'", ...player.script, ...(await inlineScripts())],
          frameSrc: orNone(player.frame),
          // React Aria places its overlays by inline styles.
          styleSrc: ["'self'", "'unsafe-inline'"],
          fontSrc: ["'self'"],
          imgSrc: ["'self'", 'data:', 'blob:', ...pictures],
          mediaSrc: ["'self'", 'blob:', 'mediastream:', ...player.media],
          connectSrc: ["'self'", ...socketsOf(PUBLIC_URL), ...player.connect]
        }
      },
      frameguard: { action: 'deny' },
      strictTransportSecurity: NODE_ENV === 'production',
      crossOriginEmbedderPolicy: false
    })
    app.decorate('frameableHeaders', frameableHeaders)
    app.addHook('onRequest', ({ url }, reply, done) => {
      reply.headers(headers)
      // Many answers are for one person, and all may change at any time. Routes whose answers may be cached set the
      // header themselves.
      if (url.startsWith('/v1/') || url.startsWith('/graphql')) reply.header('cache-control', 'no-store')
      done()
    })
  },
  { name: 'security-headers' }
)
