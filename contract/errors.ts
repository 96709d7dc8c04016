/**
 * All error codes on the wire, with their HTTP status. REST answers and acknowledgements use the same codes.
 * `UNKNOWN_EVENT` exists on the socket only.
 */
export const errorTable = {
  VALIDATION: { statusCode: 400, title: 'Bad Request' },
  UNAUTHENTICATED: { statusCode: 401, title: 'Unauthorized' },
  TOKEN_EXPIRED: { statusCode: 401, title: 'Unauthorized' },
  FORBIDDEN: { statusCode: 403, title: 'Forbidden' },
  BANNED: { statusCode: 403, title: 'Forbidden' },
  TAKEN_DOWN: { statusCode: 403, title: 'Forbidden' },
  COMMENT_REFUSED: { statusCode: 403, title: 'Forbidden' },
  NO_FLOOR: { statusCode: 403, title: 'Forbidden' },
  NOT_FOUND: { statusCode: 404, title: 'Not Found' },
  SPOTIFY_OFF: { statusCode: 404, title: 'Not Found' },
  CONFLICT: { statusCode: 409, title: 'Conflict' },
  STAGE_FULL: { statusCode: 409, title: 'Conflict' },
  QUEUE_FULL: { statusCode: 409, title: 'Conflict' },
  SHOW_NOT_LIVE: { statusCode: 409, title: 'Conflict' },
  SHOW_ENDED: { statusCode: 409, title: 'Conflict' },
  NOT_IN_SHOW: { statusCode: 409, title: 'Conflict' },
  SPOTIFY_NOT_LINKED: { statusCode: 409, title: 'Conflict' },
  SPOTIFY_RELINK: { statusCode: 409, title: 'Conflict' },
  PAYLOAD_TOO_LARGE: { statusCode: 413, title: 'Payload Too Large' },
  UNSUPPORTED_MEDIA: { statusCode: 415, title: 'Unsupported Media Type' },
  RATE_LIMITED: { statusCode: 429, title: 'Too Many Requests' },
  UNAVAILABLE: { statusCode: 503, title: 'Service Unavailable' },
  UNKNOWN_EVENT: { statusCode: 400, title: 'Bad Request' },
  INTERNAL: { statusCode: 500, title: 'Internal Server Error' }
} as const

/** A code of the table. Clients decide by it what to do. */
export type ErrorCode = keyof typeof errorTable

/**
 * A place where input does not fit its schema. `path` is a JSON pointer such as `/title`; empty for the whole input.
 */
export interface Issue {
  path: string
  message: string
}

/** Delay after which an UNAVAILABLE may be tried again, unless it names another one. */
const defaultRetryAfterMs = 1000

/** Optional fields of an error. A VALIDATION without issues gets one for the whole input. */
export interface ErrorDetails {
  issues?: Issue[]
  retryAfterMs?: number
}

/** An error in an acknowledgement. */
export interface WireError extends ErrorDetails {
  code: ErrorCode
  message: string
}

/**
 * The only error whose code and message reach clients. Any other error is a defect of the server, and reaches them as
 * `INTERNAL` without its message.
 */
export class CodedError extends Error {
  readonly code: ErrorCode
  readonly statusCode: number
  readonly issues?: Issue[]
  readonly retryAfterMs?: number

  constructor(code: ErrorCode, message: string, extra: ErrorDetails = {}) {
    super(message)
    this.name = 'CodedError'
    this.code = code
    this.statusCode = errorTable[code].statusCode
    const issues = extra.issues ?? (code === 'VALIDATION' ? [{ path: '', message }] : undefined)
    if (issues) this.issues = issues
    if (extra.retryAfterMs !== undefined) this.retryAfterMs = extra.retryAfterMs
  }
}

/** Returns the VALIDATION error of a request with these issues. */
export function invalidRequest(issues: Issue[]): CodedError {
  return new CodedError('VALIDATION', 'The request is not valid.', { issues })
}

/**
 * Returns the wire form of any error. An error without a code becomes `INTERNAL` without its message. An UNAVAILABLE
 * always says when to try again.
 */
export function toWireError(error: unknown, requestId?: string): WireError {
  if (!(error instanceof CodedError)) {
    return { code: 'INTERNAL', message: `Something failed on our side${requestId ? ` (request ${requestId})` : ''}.` }
  }
  const { code, message, issues } = error
  const retryAfterMs = error.retryAfterMs ?? (code === 'UNAVAILABLE' ? defaultRetryAfterMs : undefined)
  return { code, message, ...(issues && { issues }), ...(retryAfterMs !== undefined && { retryAfterMs }) }
}
