import { isIPv6 } from 'node:net'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, preValidationAsyncHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { CodedError } from '../../contract/errors.ts'

/** An IPv6 site has at least a /64, that is 2^64 addresses: https://www.rfc-editor.org/rfc/rfc6177#section-2 */
const groupsOfNetwork = 4
const groupsOfAddress = 8

/** Returns the key under which an address is counted: the address itself, or the /64 of an IPv6 address. */
export function networkOf(ip: string): string {
  const mapped = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(ip)?.[1]
  if (mapped !== undefined) return mapped
  const address = ip.replace(/%.*$/, '')
  if (!isIPv6(address)) return ip
  // The URL parser normalizes the address.
  const [head = [], tail = []] = new URL(`http://[${address}]`).hostname
    .slice(1, -1)
    .split('::')
    .map(part => (part === '' ? [] : part.split(':')))
  const zeros = Array.from({ length: groupsOfAddress - head.length - tail.length }, () => '0')
  return [...head, ...zeros, ...tail].slice(0, groupsOfNetwork).join(':')
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Counts a sign-in request by its address. Throws RATE_LIMITED. */
    countSignIn: preValidationAsyncHookHandler
    /** Counts a request with an invalid token by its address, because its user is not known. Throws RATE_LIMITED. */
    countBadToken(request: FastifyRequest, reply: FastifyReply): Promise<void>
  }
}

/**
 * Returns the options of a sign-in route: requests to all such routes are counted together, by address, because the
 * user is not known yet.
 */
export function countedByAddress({ countSignIn }: Pick<FastifyInstance, 'countSignIn'>) {
  return { config: { rateLimit: false as const }, preValidation: countSignIn }
}

/** Limits REST requests per minute: by user with a valid token, else by address. Routes may set their own limits. */
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
    // Each call of rateLimit creates a counter; this one is shared by all sign-in routes.
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
