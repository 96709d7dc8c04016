import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler, RouteOptions } from 'fastify'
import type { CodedError } from '../../../contract/errors.ts'
import type { WindowCount } from './counting-windows.ts'
import type { Windows } from './shared-windows.ts'

export interface RouteLimits {
  /** Maximum requests of a key in one window to all routes without a limit of their own. */
  max: number
  /** Creates the counter of a limit: of all routes, or of a route of its own. */
  createWindows(route?: { method: string; url: string }): Windows
  keyOf(request: FastifyRequest): string
  isUnlimited(url: string): boolean
  tooMany(leftMs: number): CodedError
}

/**
 * Limits the requests of the routes that are added from now on. A route may set `config.rateLimit` to a limit of its
 * own, which it does not share with other routes, or to false. The limit is the last hook in onRequest, after the
 * authentication of the route. The hook of `@fastify/rate-limit` makes a dozen promises for each request.
 */
export function limitRoutes(app: FastifyInstance, limits: RouteLimits): void {
  const common = createLimit(limits, limits.max, limits.createWindows())
  app.addHook('onRoute', (route: RouteOptions) => {
    const own = route.config?.rateLimit
    if (own === false || limits.isUnlimited(route.url)) return
    const limit = own ? createLimit(limits, maxOf(own), limits.createWindows(named(route))) : common
    route.onRequest = [...[route.onRequest ?? []].flat(), limit]
  })
}

function maxOf({ max }: { max?: unknown }): number {
  if (typeof max !== 'number') throw new Error('the limit of a route needs a number as max')
  return max
}

function named({ method, url }: RouteOptions): { method: string; url: string } {
  return { method: String(method), url }
}

/** Returns a hook that counts a request, synchronously if the counter is on this node. */
function createLimit({ keyOf, tooMany }: RouteLimits, max: number, windows: Windows): onRequestHookHandler {
  function settle(reply: FastifyReply, { count, leftMs }: WindowCount): CodedError | undefined {
    reply.header('x-ratelimit-limit', max)
    reply.header('x-ratelimit-remaining', Math.max(0, max - count))
    reply.header('x-ratelimit-reset', Math.ceil(leftMs / 1000))
    return count > max ? tooMany(leftMs) : undefined
  }

  return (request, reply, done) => {
    const counted = windows.add(keyOf(request))
    if (counted instanceof Promise) counted.then(count => done(settle(reply, count)), done)
    else done(settle(reply, counted))
  }
}
