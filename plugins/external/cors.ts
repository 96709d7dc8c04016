import cors from '@fastify/cors'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** False: `@fastify/cors` leaves the requests of the route alone. */
    cors?: false
  }
}

/**
 * Headers that pages of other origins may read: the time of a retry, the name of a download, and the part that was
 * sent.
 */
const exposedHeaders = 'content-disposition, content-range, etag, retry-after'

/**
 * Allows pages of CORS_ORIGINS to call the API; by default those of the public URL, which may differ from the requested
 * host.
 */
export default fp(
  async app => {
    const { CORS_ORIGINS } = app.config
    const allowed = { url: '', origins: CORS_ORIGINS }

    /** Returns the allowed origins. The public URL is known only once the server listens. */
    function allowedOrigins(): string[] {
      const url = CORS_ORIGINS.length > 0 ? '' : app.publicUrl()
      if (url !== allowed.url) Object.assign(allowed, { url, origins: [new URL(url).origin] })
      return allowed.origins
    }

    // The plugin answers preflights. What it does for each other request costs more than these headers.
    app.addHook('onRoute', route => {
      if (route.method !== 'OPTIONS') route.config = { ...route.config, cors: false }
    })
    app.addHook('onRequest', ({ raw: { headers }, routeOptions }, reply, done) => {
      if (routeOptions.config?.cors === false) {
        const { origin } = headers
        reply.header('vary', 'Origin')
        if (origin !== undefined && allowedOrigins().includes(origin)) {
          reply.header('access-control-allow-origin', origin)
        }
        reply.header('access-control-expose-headers', exposedHeaders)
      }
      done()
    })
    await app.register(cors, {
      origin: (_origin, done) => done(null, allowedOrigins()),
      methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders,
      maxAge: 600,
      // An OPTIONS request that is not a preflight gets the same answer, not an error in plain text.
      strictPreflight: false
    })
  },
  { name: 'cors' }
)
