import { CodedError, errorTable, type ErrorCode, type ErrorDetails } from '../contract/errors.ts'
import type { Clock } from './clock.ts'
import { startTimeout } from './timeout.ts'

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/**
 * Sends one request with a JSON body and returns the body of the response. Throws CodedError, UNAVAILABLE when the
 * server cannot be reached.
 */
export type Request = <T>(method: Method, path: string, body?: object, accessToken?: string) => Promise<T>

/** Sends requests with a valid access token while a user is signed in. */
export type AuthorizedRequest = <T>(method: Method, path: string, body?: object) => Promise<T>

/** A request without a response is aborted after this time, so that no caller waits forever. */
const requestTimeoutMs = 20_000

/** Paths beside those of REST. */
const rootPaths: ReadonlySet<string> = new Set(['/graphql'])

/** Creates the function that sends requests to one server with `fetch`. */
export function createRequest(url: string, fetcher: typeof fetch, clock: Clock): Request {
  return async (method, path, body, accessToken) => {
    const timeout = startTimeout(requestTimeoutMs, clock)
    try {
      const response = await fetcher(`${url}${rootPaths.has(path) ? '' : '/v1'}${path}`, {
        method,
        headers: {
          ...(body && { 'content-type': 'application/json' }),
          ...(accessToken && { authorization: `Bearer ${accessToken}` })
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: timeout.signal
      }).catch(() => {
        throw new CodedError('UNAVAILABLE', "The server can't be reached. Check the connection and try again.")
      })
      return parseResponse(response.status, await bodyOf(response))
    } finally {
      timeout.clear()
    }
  }
}

const textTypes = /^text\/(csv|calendar)\b/

/** Returns the value of a JSON body, the text of a CSV or calendar body, and null for others. */
async function bodyOf(response: Response): Promise<unknown> {
  if (textTypes.test(response.headers?.get('content-type') ?? '')) return await response.text()
  return await response.json().catch(() => null)
}

/** Returns the body of a successful response. Throws CodedError for any other. */
export function parseResponse<T>(status: number, body: unknown): T
export function parseResponse(status: number, body: unknown): unknown {
  if (status >= 200 && status < 300) return body
  throw toCodedError(status, body)
}

function toCodedError(status: number, body: unknown): CodedError {
  const { code, message, ...details }: { code?: unknown; message?: unknown } & ErrorDetails = errorIn(body)
  if (isErrorCode(code)) return new CodedError(code, String(message), details)
  return new CodedError(status >= 500 ? 'UNAVAILABLE' : 'INTERNAL', `The server answered ${status}.`)
}

/** Returns the error in an answer of REST, or the first one in an answer of GraphQL. */
function errorIn(body: unknown): object {
  const { errors }: { errors?: unknown } = Object(body)
  if (!Array.isArray(errors)) return Object(body)
  const { message, extensions }: { message?: unknown; extensions?: object } = Object(errors[0])
  return { ...extensions, message }
}

/** Whether a value from the wire is an error code that this SDK knows. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorTable, code)
}
