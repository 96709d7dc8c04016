import { Type } from 'typebox'
import { errorTable, type ErrorCode } from './errors.ts'
import { Exactly } from './primitives.ts'

/** An error as REST answers it. */
export const ErrorAnswer = Exactly({
  statusCode: Type.Integer(),
  code: Type.String(),
  error: Type.String(),
  message: Type.String(),
  issues: Type.Optional(Type.Array(Exactly({ path: Type.String(), message: Type.String() }))),
  retryAfterMs: Type.Optional(Type.Integer())
})

/** The error answers of a route by status, for its documentation. */
export function errorAnswers (...codes: ErrorCode[]): Record<number, typeof ErrorAnswer> {
  const everywhere: ErrorCode[] = ['VALIDATION', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA', 'RATE_LIMITED', 'INTERNAL', 'UNAVAILABLE']
  return Object.fromEntries([...codes, ...everywhere].map(code => [errorTable[code].statusCode, ErrorAnswer]))
}
