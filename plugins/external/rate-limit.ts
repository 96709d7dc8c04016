import { isIPv6 } from 'node:net'
import rateLimit from '@fastify/rate-limit'
import fp from 'fastify-plugin'
import { CodedError } from '../../contract/errors.ts'

/** Who is given an address of IPv6 is given 2^64 of them at once: https://www.rfc-editor.org/rfc/rfc6177#section-2 */
const groupsOfNetwork = 4
const groupsOfAddress = 8

/** What an address is counted by: itself, or of IPv6 the /64 it is in. */
export function networkOf (ip: string): string {
  const mapped = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(ip)?.[1]
  if (mapped !== undefined) return mapped
  const address = ip.replace(/%.*$/, '')
  if (!isIPv6(address)) return ip
  // The parser writes the many forms of an address in one way.
  const [head = [], tail = []] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::').map(part => part === '' ? [] : part.split(':'))
  const zeros = Array.from({ length: groupsOfAddress - head.length - tail.length }, () => '0')
  return [...head, ...zeros, ...tail].slice(0, groupsOfNetwork).join(':')
}

/** The configuration of a route whose requests are counted by address, since nobody is known yet; per minute. */
export function limitedByAddress (max: number) {
  return { rateLimit: { max, keyGenerator: ({ ip }: { ip: string }) => `auth:${networkOf(ip)}` } }
}

/** REST requests per minute: of a person where a good token says who it is, else of an address. Routes may set their own. */
export default fp(async app => {
  await app.register(rateLimit, {
    max: app.config.LIMIT_REST_PER_MINUTE,
    timeWindow: 60_000,
    hook: 'preValidation',
    keyGenerator: request => request.caller?.userId ?? networkOf(request.ip),
    errorResponseBuilder: (_request, { ttl }) => new CodedError('RATE_LIMITED', 'Too many requests; wait a moment.', { retryAfterMs: ttl })
  })
}, { name: 'rate-limit' })
