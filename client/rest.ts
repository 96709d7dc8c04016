import type { Tokens } from '../contract/auth.ts'
import { CodedError, errorTable, type ErrorCode, type ErrorExtra } from '../contract/errors.ts'
import type { Page } from '../contract/paging.ts'
import type { Show, ShowDraft, ShowPatch } from '../contract/shows.ts'
import type { User, UserPatch } from '../contract/users.ts'
import type { Clock } from './clock.ts'

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/** One request. Resolves with the answer's body; throws CodedError, also when the server can't be reached (UNAVAILABLE). */
export type Request = <T>(method: Method, path: string, body?: object, accessToken?: string) => Promise<T>

/** A request that gets no answer for so long is given up, so that nothing waits behind it forever. */
const answerWithinMs = 20_000

/** Requests to one server by `fetch`. */
export function createRequest (url: string, fetcher: typeof fetch, clock: Clock): Request {
  return async (method, path, body, accessToken) => {
    const giveUp = new AbortController()
    const inTime = clock.after(answerWithinMs, () => giveUp.abort())
    try {
      const response = await fetcher(`${url}/v1${path}`, {
        method,
        headers: { ...(body && { 'content-type': 'application/json' }), ...(accessToken && { authorization: `Bearer ${accessToken}` }) },
        ...(body && { body: JSON.stringify(body) }),
        signal: giveUp.signal
      }).catch(() => { throw new CodedError('UNAVAILABLE', 'The server can\'t be reached. Check the connection and try again.') })
      const answer = await response.json().catch(() => null)
      if (!response.ok) throw errorOf(answer, response.status)
      return answer
    } finally {
      inTime()
    }
  }
}

function errorOf (answer: unknown, status: number): CodedError {
  const { code, message, ...extra }: { code?: unknown, message?: unknown } & ErrorExtra = typeof answer === 'object' && answer !== null ? answer : {}
  if (isErrorCode(code)) return new CodedError(code, String(message), extra)
  return new CodedError(status >= 500 ? 'UNAVAILABLE' : 'INTERNAL', `The server answered ${status}.`)
}

/** Whether a word from the wire is a code we know. */
export function isErrorCode (code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorTable, code)
}

/** Requests that carry a good access token when somebody is signed in. */
export type AuthorizedRequest = <T>(method: Method, path: string, body?: object) => Promise<T>

/** What the server offers over REST. */
export function createApi (request: AuthorizedRequest) {
  return {
    me: {
      get: async () => await request<User>('GET', '/users/me'),
      patch: async (patch: UserPatch) => await request<User>('PATCH', '/users/me', patch)
    },
    shows: {
      list: async (query: { status?: 'live' | 'scheduled' | 'ended', creatorId?: string, q?: string, limit?: number, cursor?: string } = {}) =>
        await request<Page<Show>>('GET', `/shows?${new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))}`),
      get: async (showId: string) => await request<Show>('GET', `/shows/${showId}`),
      create: async (draft: ShowDraft) => await request<Show>('POST', '/shows', draft),
      patch: async (showId: string, patch: ShowPatch) => await request<Show>('PATCH', `/shows/${showId}`, patch),
      start: async (showId: string) => await request<Show>('POST', `/shows/${showId}/start`),
      end: async (showId: string) => await request<Show>('POST', `/shows/${showId}/end`)
    }
  }
}

/** The requests of signing in and out, which carry no access token. */
export function createAuthApi (request: Request) {
  return {
    devLogin: async (displayName: string) => await request<Tokens>('POST', '/auth/dev-login', { displayName }),
    refresh: async (refreshToken: string) => await request<Tokens>('POST', '/auth/refresh', { refreshToken }),
    logout: async (refreshToken: string, everywhere: boolean) => await request<null>('POST', '/auth/logout', { refreshToken, everywhere })
  }
}
