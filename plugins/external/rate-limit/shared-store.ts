import type { FastifyRateLimitStore } from '@fastify/rate-limit'
import type { Redis } from 'ioredis'
import { RateLimitStore } from './counting-windows.ts'
import { createSharedWindows, type Windows } from './shared-windows.ts'

/** Load balancers ask each node from one address, and must get an answer while Redis does not answer. */
const countedPerNode: ReadonlySet<unknown> = new Set(['/readyz'])

/** Returns a store of `@fastify/rate-limit` that counts on all nodes together. */
export function sharedStore(redis: Redis): new () => FastifyRateLimitStore {
  return class SharedStore implements FastifyRateLimitStore {
    readonly #name: string
    readonly #windows = new Map<number, Windows>()

    constructor(name = 'rest') {
      this.#name = name
    }

    incr: FastifyRateLimitStore['incr'] = (key, callback, windowMs) => {
      const windows = this.#windows.get(windowMs) ?? createSharedWindows(redis, `${this.#name}:${windowMs}`, windowMs)
      this.#windows.set(windowMs, windows)
      Promise.resolve(windows.add(key)).then(
        ({ count, leftMs }) => callback(null, { current: count, ttl: leftMs }),
        (error: Error) => callback(error)
      )
    }

    child = (options: object): FastifyRateLimitStore => {
      const { method, url } = routeOf(options)
      return countedPerNode.has(url) ? new RateLimitStore() : new SharedStore(`${this.#name}:${method}${url}`)
    }
  }
}

/** The options of a route with a limit of its own name the route, which their type does not say. */
function routeOf(options: object): { method: string; url: string } {
  const { routeInfo }: { routeInfo?: unknown } = options
  const { method, url }: { method?: unknown; url?: unknown } = Object(routeInfo)
  return { method: String(method), url: String(url) }
}
