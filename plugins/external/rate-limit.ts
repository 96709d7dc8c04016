import rateLimit from '@fastify/rate-limit'
import fp from 'fastify-plugin'
import { CodedError } from '../../contract/errors.ts'

/** REST requests per minute: of a person where a good token says who it is, else of an address. Routes may set their own. */
export default fp(async app => {
  await app.register(rateLimit, {
    max: app.config.LIMIT_REST_PER_MINUTE,
    timeWindow: 60_000,
    hook: 'preValidation',
    keyGenerator: request => request.caller?.userId ?? request.ip,
    errorResponseBuilder: (_request, { ttl }) => new CodedError('RATE_LIMITED', 'Too many requests; wait a moment.', { retryAfterMs: ttl })
  })
}, { name: 'rate-limit' })
