import { CodedError, errorTable, type ErrorCode, type ErrorDetails } from '../contract/errors.ts'
import type { Clock } from './clock.ts'

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/** One request; the body is sent as JSON. Resolves with the answer's body; throws CodedError, also when the server can't be reached (UNAVAILABLE). */
export type Request = <T>(method: Method, path: string, body?: object, accessToken?: string) => Promise<T>

/** Requests that carry a good access token when somebody is signed in. */
export type AuthorizedRequest = <T>(method: Method, path: string, body?: object) => Promise<T>

/** A request that gets no answer for so long is given up, so that nothing waits behind it forever. */
const answerWithinMs = 20_000

/** Requests to one server by `fetch`. */
export function createRequest(url: string, fetcher: typeof fetch, clock: Clock): Request {
  return async (method, path, body, accessToken) => {
    const giveUp = new AbortController()
    const inTime = clock.after(answerWithinMs, () => giveUp.abort())
    try {
      const response = await fetcher(`${url}/v1${path}`, {
        method,
        headers: {
          ...(body && { 'content-type': 'application/json' }),
          ...(accessToken && { authorization: `Bearer ${accessToken}` })
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: giveUp.signal
      }).catch(() => {
        throw new CodedError('UNAVAILABLE', "The server can't be reached. Check the connection and try again.")
      })
      return answerOf(response.status, await response.json().catch(() => null))
    } finally {
      inTime()
    }
  }
}

/** What an answer's body says: what was asked for, or why not. Throws CodedError. */
export function answerOf<T>(status: number, body: unknown): T
export function answerOf(status: number, body: unknown): unknown {
  if (status >= 200 && status < 300) return body
  throw errorOf(body, status)
}

function errorOf(answer: unknown, status: number): CodedError {
  const { code, message, ...extra }: { code?: unknown; message?: unknown } & ErrorDetails =
    typeof answer === 'object' && answer !== null ? answer : {}
  if (isErrorCode(code)) return new CodedError(code, String(message), extra)
  return new CodedError(status >= 500 ? 'UNAVAILABLE' : 'INTERNAL', `The server answered ${status}.`)
}

/** Whether a word from the wire is a code we know. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorTable, code)
}
