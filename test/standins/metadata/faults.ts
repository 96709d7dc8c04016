import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import type { AddressInfo } from 'node:net'
import type { RecordedCall } from './call-record.ts'

/**
 * Failure of a stand-in: a page of HTML with status 200 or 502, an error, no answer, a body that ends too soon, one
 * that is too long, a redirect to another host, an answer of another form.
 */
export type Failure = 'html' | 'badGateway' | 'error' | 'silent' | 'cut' | 'long' | 'redirect' | 'otherForm'

/** Limit of calls as a service counts it: in a window that moves with each call. */
export interface ServiceLimit {
  calls: number
  windowMs: number
}

/** State that all stand-ins of repositories have; tests change it. */
export interface RepositoryState {
  /** All requests, also those that were refused. */
  readonly calls: RecordedCall[]
  limit: ServiceLimit
  /** Number of requests that were beyond the limit. */
  throttled: number
  /** The next requests fail like this, one after the other. */
  failures: Failure[]
  /** Every request fails like this. */
  failing: Failure | null
  /** Whether the key, or the user agent, is refused. */
  refusesKey: boolean
  /** Value of Retry-After in answers about the limit; null for none. */
  retryAfterS: number | null
  /** Time before each answer, ms. */
  delayMs: number
}

export function createRepositoryState(limit: ServiceLimit): RepositoryState {
  return {
    calls: [],
    limit,
    throttled: 0,
    failures: [],
    failing: null,
    refusesKey: false,
    retryAfterS: null,
    delayMs: 0
  }
}

/** Number of calls in the moving window that ends now, with the one that has just arrived. */
export function usedCalls({ calls, limit }: RepositoryState): number {
  const sinceMs = performance.now() - limit.windowMs
  return calls.filter(({ atMs }) => atMs > sinceMs).length
}

export interface RepositoryStandInParts<S extends RepositoryState> {
  state: S
  routes(app: FastifyInstance): void
  /** Answers a request beyond the limit. */
  throttle(reply: FastifyReply): Promise<FastifyReply>
}

/** Starts a server that records its calls, counts them in a moving window, and fails on demand. */
export async function startRepositoryStandIn<S extends RepositoryState>(
  { state, routes, throttle }: RepositoryStandInParts<S>,
  port: number
): Promise<{ url: string; close(): Promise<void> }> {
  const app = Fastify({ forceCloseConnections: true })
  app.addHook('onRequest', async (request, reply) => {
    const url = request.url.replace(/api_key=[^&]*/, 'api_key=…')
    state.calls.push({ url, atMs: performance.now(), headers: request.headers })
    const failure = state.failures.shift() ?? state.failing
    if (failure) return await fail(failure, reply)
    if (usedCalls(state) > state.limit.calls) {
      state.throttled++
      return await throttle(reply)
    }
    if (state.delayMs > 0) await new Promise(resolve => setTimeout(resolve, state.delayMs))
  })
  routes(app)
  await app.listen({ host: '127.0.0.1', port })
  return {
    url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    close: async () => await app.close()
  }
}

const page = '<!doctype html><html><head><title>Maintenance</title></head><body>Back soon</body></html>'

async function fail(failure: Failure, reply: FastifyReply): Promise<FastifyReply> {
  switch (failure) {
    case 'html':
      return await reply.type('text/html').send(page)
    case 'badGateway':
      return await reply.code(502).type('text/html').send(page)
    case 'error':
      return await reply.code(500).send({ message: 'Internal error' })
    case 'otherForm':
      return await reply.send({ unexpected: [{ nothing: 'here' }] })
    case 'long':
      return await reply.type('application/json').send(JSON.stringify('x'.repeat(3_000_000)))
    case 'redirect':
      return await reply.redirect('http://127.0.0.1:9/elsewhere')
    case 'cut':
      reply.hijack()
      reply.raw.writeHead(200, { 'content-type': 'application/json', 'content-length': 5000 })
      reply.raw.write('{"results": [')
      setTimeout(() => reply.raw.destroy(), 20)
      return reply
    case 'silent':
      reply.hijack()
      return reply
  }
}
