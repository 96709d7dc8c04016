import fastifyJwt from '@fastify/jwt'
import fp from 'fastify-plugin'

/**
 * Signs access tokens with the first of JWT_KEYS, always with HS256. The token service picks the verifying key by
 * `kid`.
 */
export default fp(
  async app => {
    const [signing] = app.config.JWT_KEYS
    if (!signing) throw new Error('JWT_KEYS holds no key')
    await app.register(fastifyJwt, {
      secret: signing.secret,
      decode: { complete: true },
      sign: { algorithm: 'HS256', kid: signing.kid },
      verify: { algorithms: ['HS256'] }
    })
  },
  { name: 'jwt' }
)
