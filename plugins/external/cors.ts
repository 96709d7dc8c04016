import cors from '@fastify/cors'
import fp from 'fastify-plugin'

/** What pages of other origins may read besides what any page may: when to ask again, what a download is called, and which part of it came. */
const exposedHeaders = ['content-disposition', 'content-range', 'etag', 'retry-after']

/** Origins whose pages may call the API: those of CORS_ORIGINS, else that of the public URL, which may be another than the server is asked at. */
export default fp(
  async app => {
    await app.register(cors, {
      // The public URL is known once the server listens.
      origin: (_origin, done) =>
        done(null, app.config.CORS_ORIGINS.length > 0 ? app.config.CORS_ORIGINS : [new URL(app.publicUrl()).origin]),
      methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders,
      maxAge: 600,
      // OPTIONS of who is no browser gets the same answer, and none in plain text.
      strictPreflight: false
    })
  },
  { name: 'cors' }
)
