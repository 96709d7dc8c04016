import fp from 'fastify-plugin'
import pTimeout from 'p-timeout'
import http from 'spotify-web-api-node/src/http-manager.js'
import webApi from 'spotify-web-api-node/src/webapi-request.js'
import { CodedError } from '../../contract/errors.ts'
import type { SpotifyOutcome } from './metrics/spotify.ts'

declare module 'fastify' {
  interface FastifyInstance {
    spotifyApi: SpotifyApi
  }
}

/** Spotify rejected the access token. */
export class TokenRejectedError extends Error {}

export interface SpotifyApi {
  /**
   * Sends a GET request and returns the body of the answer. Throws TokenRejectedError, CodedError NOT_FOUND, FORBIDDEN
   * (also for people that a development app does not list), RATE_LIMITED with the time Spotify asks to wait,
   * UNAVAILABLE.
   */
  get(path: string, query: Record<string, string>, accessToken: string): Promise<unknown>
}

const requestTimeoutMs = 8_000
const defaultWaitMs = 5_000
const maxWaitMs = 24 * 3_600_000

/** Observes the requests to Spotify. */
export interface SpotifyApiObserver {
  answered(outcome: SpotifyOutcome, durationMs: number): void
  askedToWait(untilMs: number): void
}

const outcomes: Readonly<Record<number, SpotifyOutcome>> = {
  400: 'notFound',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'notFound',
  429: 'wait'
}

/**
 * Client of Spotify's Web API. After an answer 429 it sends no request before the time Spotify has named.
 * @param nowMs a monotonic clock
 */
export function createSpotifyApi(baseUrl: string, nowMs: () => number, observer: SpotifyApiObserver): SpotifyApi {
  const { protocol, hostname, port, pathname } = new URL(baseUrl)
  const scheme = protocol.slice(0, -1)
  const basePath = pathname.replace(/\/+$/, '')
  let quietUntilMs = -Infinity

  function failure(error: unknown): Error {
    const { statusCode, headers } = statusOf(error)
    if (statusCode === 401) return new TokenRejectedError('Spotify rejected the access token')
    if (statusCode === 403) return new CodedError('FORBIDDEN', 'Spotify does not allow this for your account.')
    if (statusCode === 404 || statusCode === 400) return new CodedError('NOT_FOUND', 'Spotify does not have this.')
    if (statusCode !== 429) return new CodedError('UNAVAILABLE', 'Spotify does not answer; try again in a moment.')
    const waitMs = Number(headers?.['retry-after']) * 1000
    quietUntilMs = nowMs() + Math.min(waitMs > 0 ? waitMs : defaultWaitMs, maxWaitMs)
    observer.askedToWait(quietUntilMs)
    return waitError(quietUntilMs - nowMs())
  }

  return {
    async get(path, query, accessToken) {
      if (quietUntilMs > nowMs()) throw waitError(quietUntilMs - nowMs())
      const request = webApi
        .builder(accessToken)
        .withScheme(scheme)
        .withHost(hostname)
        .withPort(Number(port || (scheme === 'https' ? 443 : 80)))
        .withPath(`${basePath}${path}`)
        .withQueryParameters(query)
        .build()
      const startedAtMs = performance.now()
      try {
        const { body } = await pTimeout(request.execute(http.get), { milliseconds: requestTimeoutMs })
        observer.answered('ok', performance.now() - startedAtMs)
        return body
      } catch (error) {
        observer.answered(outcomes[statusOf(error).statusCode ?? 0] ?? 'away', performance.now() - startedAtMs)
        throw failure(error)
      }
    }
  }
}

function statusOf(error: unknown): { statusCode?: number; headers?: Record<string, unknown> } {
  return (error ?? {}) as { statusCode?: number; headers?: Record<string, unknown> }
}

function waitError(waitMs: number): CodedError {
  return new CodedError('RATE_LIMITED', 'Spotify asks this server to wait.', { retryAfterMs: Math.ceil(waitMs) })
}

/** Spotify's Web API at SPOTIFY_API_URL. */
export default fp(
  async app => {
    app.decorate(
      'spotifyApi',
      createSpotifyApi(app.config.SPOTIFY_API_URL, () => performance.now(), app.metrics.spotify)
    )
  },
  { name: 'spotify-api', dependencies: ['metrics'] }
)
