import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler, onSendAsyncHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import type { Redis } from 'ioredis'
import { CodedError } from '../../contract/errors.ts'
import { clientNetwork } from './rate-limit/client-network.ts'
import { CountingWindows } from './rate-limit/counting-windows.ts'
import { limitRoutes } from './rate-limit/limit-routes.ts'
import { createSharedWindows, type Windows } from './rate-limit/shared-windows.ts'

/** Hooks that limit the requests of a sign-in route. */
interface SignInHooks {
  onRequest: onRequestAsyncHookHandler
  onSend: onSendAsyncHookHandler
}

declare module 'fastify' {
  interface FastifyInstance {
    signInLimits: {
      /** Limits of routes that sign in or out. */
      signIn: SignInHooks
      /** Limits of the route that renews tokens. The route itself counts the renewals of each sign-in. */
      renewal: SignInHooks
      /** Counts a renewal of a sign-in. Throws RATE_LIMITED. */
      countRenewal(signInId: string): Promise<void>
    }
    /** Counts a request without a valid token by its address, because its user is not known. Throws RATE_LIMITED. */
    countWithoutToken(request: FastifyRequest): Promise<void>
    /**
     * Counts a GraphQL query as the requests of REST whose work it does. A person or address has as many of them in a
     * minute as requests of REST. Throws RATE_LIMITED.
     */
    countQuery(request: FastifyRequest, requests: number): Promise<void>
  }
}

const windowMs = 60_000

/**
 * Returns the options of a sign-in route. Failed requests to all such routes are counted together by address, because
 * the user is not known yet. Successful ones have the higher limit of other requests: many people may share an address.
 */
export function countedSignIn({ signInLimits }: Pick<FastifyInstance, 'signInLimits'>) {
  return { config: { rateLimit: false as const }, ...signInLimits.signIn }
}

/**
 * Returns the options of the route that renews tokens. A renewal counts by address only when it fails or is refused,
 * and apart from sign-ins: nobody can guess a refresh token, and people who share an address must not lock each other
 * out.
 */
export function countedRenewal({ signInLimits }: Pick<FastifyInstance, 'signInLimits'>) {
  return { config: { rateLimit: false as const }, ...signInLimits.renewal }
}

function tooManyRequests(retryAfterMs: number): CodedError {
  return new CodedError('RATE_LIMITED', 'Too many requests; wait a moment.', { retryAfterMs })
}

/** Returns a function that counts more of a key, by default one. It throws RATE_LIMITED above the limit. */
function createCounter(max: number, windows: Windows): (key: string, amount?: number) => Promise<void> {
  return async (key, amount) => {
    const { count, leftMs } = await windows.add(key, amount)
    if (count > max) throw tooManyRequests(leftMs)
  }
}

/** Load balancers ask each node from one address, and must get an answer while Redis does not answer. */
const countedPerNode: ReadonlySet<unknown> = new Set(['/readyz'])

/** Creates the counter of all routes, or of a route with a limit of its own: on this node, or on all nodes together. */
function createRouteWindows(redis: Redis | undefined, route?: { method: string; url: string }): Windows {
  if (!redis || countedPerNode.has(route?.url)) return new CountingWindows(windowMs)
  const name = route ? `rest:${route.method}${route.url}` : 'rest'
  return createSharedWindows(redis, `${name}:${windowMs}`, windowMs)
}

/** Creates the counter of a limit by its name: on this node, or on all nodes together. */
type CreateWindows = (name: string) => Windows

const tooManyStatus = 429
/** Tells a mistake of the client from a success and a failure of the server. */
const isMistake = (statusCode: number) => statusCode >= 400 && statusCode < 500

function createSignInLimits(
  { failed, all }: { failed: number; all: number },
  createWindows: CreateWindows
): FastifyInstance['signInLimits'] {
  const failures = createWindows('failed-sign-ins')
  const failedRenewals = createWindows('failed-renewals')
  const countByAddress = createCounter(all, createWindows('sign-ins'))

  async function refuseAfter(windows: Windows, max: number, request: FastifyRequest): Promise<void> {
    const { count, leftMs } = await windows.read(clientNetwork(request))
    if (count >= max) throw tooManyRequests(leftMs)
  }

  return {
    signIn: {
      onRequest: async request => {
        await refuseAfter(failures, failed, request)
        await countByAddress(clientNetwork(request))
      },
      onSend: async (request, { statusCode }) => {
        if (isMistake(statusCode) && statusCode !== tooManyStatus) await failures.add(clientNetwork(request))
      }
    },
    renewal: {
      onRequest: async request => await refuseAfter(failedRenewals, all, request),
      // One that is refused because of its sign-in counts too: it has cost a query.
      onSend: async (request, { statusCode }) => {
        if (isMistake(statusCode)) await failedRenewals.add(clientNetwork(request))
      }
    },
    countRenewal: createCounter(failed, createWindows('renewals'))
  }
}

/**
 * Limits REST requests per minute, before their body is read: by user with a valid token, else by address. Routes may
 * set their own limits. The nodes of a cluster count together.
 */
export default fp(
  async app => {
    const { LIMIT_REST_PER_MINUTE, LIMIT_AUTH_PER_MINUTE } = app.config
    const redis = app.redis?.commands
    const createWindows: CreateWindows = name =>
      redis ? createSharedWindows(redis, name, windowMs) : new CountingWindows(windowMs)
    const keyOf = (request: FastifyRequest) => request.caller?.userId ?? clientNetwork(request)
    limitRoutes(app, {
      max: LIMIT_REST_PER_MINUTE,
      createWindows: route => createRouteWindows(redis, route),
      keyOf,
      // A page loads some 25 files, and a school opens it from one address.
      isUnlimited: url => url.startsWith('/assets/'),
      tooMany: tooManyRequests
    })
    app.decorate(
      'signInLimits',
      createSignInLimits({ failed: LIMIT_AUTH_PER_MINUTE, all: LIMIT_REST_PER_MINUTE }, createWindows)
    )
    const countWithoutToken = createCounter(LIMIT_REST_PER_MINUTE, createWindows('without-token'))
    app.decorate('countWithoutToken', async request => await countWithoutToken(clientNetwork(request)))
    const countQueries = createCounter(LIMIT_REST_PER_MINUTE, createWindows('queries'))
    app.decorate('countQuery', async (request, requests) => await countQueries(keyOf(request), requests))
  },
  { name: 'rate-limit', dependencies: ['redis'] }
)
