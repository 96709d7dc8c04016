import cors from '@fastify/cors'
import fp from 'fastify-plugin'

/** Other origins whose pages may call the API: those of CORS_ORIGINS. The web client is of our own origin. */
export default fp(async app => {
  await app.register(cors, { origin: app.config.CORS_ORIGINS, methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], maxAge: 600 })
}, { name: 'cors' })
