import type { FastifyReply } from 'fastify'

/**
 * Sets the headers of an answer that any page and any player may use. Helmet's policy for other origins would keep a
 * player on another website from loading it, and `Vary: Origin` would make caches store it once for each website.
 */
export function withOpenHeaders(reply: FastifyReply, cacheControl: string): FastifyReply {
  reply.removeHeader('vary')
  return reply
    .header('access-control-allow-origin', '*')
    .header('cross-origin-resource-policy', 'cross-origin')
    .header('cache-control', cacheControl)
}
