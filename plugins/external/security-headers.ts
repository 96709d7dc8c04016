import helmet from '@fastify/helmet'
import fp from 'fastify-plugin'

/** Headers that keep the web client to itself: its own scripts, its own sockets, sound from blobs. */
export default fp(async app => {
  const production = app.config.NODE_ENV === 'production'
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'none'"],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
        formAction: ["'self'"],
        scriptSrc: ["'self'"],
        // React Aria places its overlays by inline styles.
        styleSrc: ["'self'", "'unsafe-inline'"],
        fontSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", 'blob:', 'mediastream:'],
        connectSrc: ["'self'", 'ws:', 'wss:']
      }
    },
    strictTransportSecurity: production,
    crossOriginEmbedderPolicy: false
  })
}, { name: 'security-headers' })
