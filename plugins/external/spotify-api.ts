import fp from 'fastify-plugin'
import http from 'spotify-web-api-node/src/http-manager.js'
import webApi from 'spotify-web-api-node/src/webapi-request.js'
import { CodedError } from '../../contract/errors.ts'
import type { SpotifyOutcome } from './metrics/spotify.ts'

declare module 'fastify' {
  interface FastifyInstance {
    spotifyApi: SpotifyApi
  }
}

/** Spotify does not take this access token (any more). */
export class SpotifyRefused extends Error {}

export interface SpotifyApi {
  /**
   * What Spotify answers to a GET. Throws SpotifyRefused, CodedError NOT_FOUND, FORBIDDEN (also for people a development app
   * does not list), RATE_LIMITED with the time Spotify asks to wait, UNAVAILABLE.
   */
  get(path: string, query: Record<string, string>, accessToken: string): Promise<unknown>
}

/** How long Spotify may take to answer. */
const patienceMs = 8_000
const defaultWaitMs = 5_000
const longestWaitMs = 24 * 3_600_000

/** Who counts what is asked of Spotify. */
export interface SpotifyWatch {
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

/** Spotify's Web API at SPOTIFY_API_URL. After a 429 nobody asks again before the time Spotify named. */
export function createSpotifyApi(baseUrl: string, nowMs: () => number, watch: SpotifyWatch): SpotifyApi {
  const { protocol, hostname, port, pathname } = new URL(baseUrl)
  const scheme = protocol.slice(0, -1)
  const basePath = pathname.replace(/\/+$/, '')
  let quietUntilMs = 0

  function failure(error: unknown): Error {
    const { statusCode, headers } = statusOf(error)
    if (statusCode === 401) return new SpotifyRefused()
    if (statusCode === 403) return new CodedError('FORBIDDEN', 'Spotify does not allow this for your account.')
    if (statusCode === 404 || statusCode === 400) return new CodedError('NOT_FOUND', 'Spotify knows no such thing.')
    if (statusCode !== 429) return new CodedError('UNAVAILABLE', 'Spotify does not answer; try again in a moment.')
    const waitMs = Number(headers?.['retry-after']) * 1000
    quietUntilMs = nowMs() + Math.min(waitMs > 0 ? waitMs : defaultWaitMs, longestWaitMs)
    watch.askedToWait(quietUntilMs)
    return asksToWait(quietUntilMs - nowMs())
  }

  return {
    async get(path, query, accessToken) {
      if (quietUntilMs > nowMs()) throw asksToWait(quietUntilMs - nowMs())
      const request = webApi
        .builder(accessToken)
        .withScheme(scheme)
        .withHost(hostname)
        .withPort(Number(port || (scheme === 'https' ? 443 : 80)))
        .withPath(`${basePath}${path}`)
        .withQueryParameters(query)
        .build()
      const askedAtMs = performance.now()
      try {
        const { body } = await inTime(request.execute(http.get))
        watch.answered('ok', performance.now() - askedAtMs)
        return body
      } catch (error) {
        watch.answered(outcomes[statusOf(error).statusCode ?? 0] ?? 'away', performance.now() - askedAtMs)
        throw failure(error)
      }
    }
  }
}

function statusOf(error: unknown): { statusCode?: number; headers?: Record<string, unknown> } {
  return (error ?? {}) as { statusCode?: number; headers?: Record<string, unknown> }
}

function asksToWait(retryAfterMs: number): CodedError {
  return new CodedError('RATE_LIMITED', 'Spotify asks us to wait.', { retryAfterMs })
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('Spotify took too long')), patienceMs)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

export default fp(
  async app => {
    app.decorate(
      'spotifyApi',
      createSpotifyApi(app.config.SPOTIFY_API_URL, () => Date.now(), app.metrics.spotify)
    )
  },
  { name: 'spotify-api', dependencies: ['metrics'] }
)
