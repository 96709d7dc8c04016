import { isIPv6 } from 'node:net'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, preValidationAsyncHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { CodedError } from '../../contract/errors.ts'

/** Who is given an address of IPv6 is given 2^64 of them at once: https://www.rfc-editor.org/rfc/rfc6177#section-2 */
const groupsOfNetwork = 4
const groupsOfAddress = 8

/** What an address is counted by: itself, or of IPv6 the /64 it is in. */
export function networkOf(ip: string): string {
  const mapped = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(ip)?.[1]
  if (mapped !== undefined) return mapped
  const address = ip.replace(/%.*$/, '')
  if (!isIPv6(address)) return ip
  // The parser writes the many forms of an address in one way.
  const [head = [], tail = []] = new URL(`http://[${address}]`).hostname
    .slice(1, -1)
    .split('::')
    .map(part => (part === '' ? [] : part.split(':')))
  const zeros = Array.from({ length: groupsOfAddress - head.length - tail.length }, () => '0')
  return [...head, ...zeros, ...tail].slice(0, groupsOfNetwork).join(':')
}

declare module 'fastify' {
  interface FastifyInstance {
    countSignIn: preValidationAsyncHookHandler
    /** Counts a request whose token is worth nothing, by its address: whom it says it is of is not known. Throws RATE_LIMITED. */
    countBadToken(request: FastifyRequest, reply: FastifyReply): Promise<void>
  }
}

/** The options of a route of signing in: its requests are counted by address, since nobody is known yet, and all such routes together. */
export function countedByAddress({ countSignIn }: Pick<FastifyInstance, 'countSignIn'>) {
  return { config: { rateLimit: false as const }, preValidation: countSignIn }
}

/** REST requests per minute: of a person where a good token says who it is, else of an address. Routes may set their own. */
export default fp(
  async app => {
    await app.register(rateLimit, {
      max: app.config.LIMIT_REST_PER_MINUTE,
      timeWindow: 60_000,
      hook: 'preValidation',
      keyGenerator: request => request.caller?.userId ?? networkOf(request.ip),
      errorResponseBuilder: (_request, { ttl }) =>
        new CodedError('RATE_LIMITED', 'Too many requests; wait a moment.', { retryAfterMs: ttl })
    })
    // Each call makes a counter of its own, so that there is one for all of signing in.
    app.decorate(
      'countSignIn',
      app.rateLimit({
        max: app.config.LIMIT_AUTH_PER_MINUTE,
        timeWindow: 60_000,
        keyGenerator: ({ ip }) => networkOf(ip)
      })
    )
    const countBadToken = app.rateLimit({
      max: app.config.LIMIT_REST_PER_MINUTE,
      timeWindow: 60_000,
      keyGenerator: ({ ip }) => networkOf(ip)
    })
    app.decorate('countBadToken', async (request, reply) => {
      await countBadToken.call(app, request, reply)
    })
  },
  { name: 'rate-limit' }
)
