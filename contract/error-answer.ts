import { Type } from 'typebox'
import { errorTable, type ErrorCode } from './errors.ts'
import { Exactly } from './primitives.ts'

/** A place where input does not fit its schema. */
export const InputIssue = Exactly({ path: Type.String(), message: Type.String() })

/** An error in a REST answer. */
export const ErrorAnswer = Exactly({
  statusCode: Type.Integer(),
  code: Type.String(),
  error: Type.String(),
  message: Type.String(),
  issues: Type.Optional(Type.Array(InputIssue)),
  retryAfterMs: Type.Optional(Type.Integer())
})

/** Errors that any route may answer. */
const commonCodes: ErrorCode[] = [
  'VALIDATION',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA',
  'RATE_LIMITED',
  'INTERNAL',
  'UNAVAILABLE'
]

/** Returns the error answers of a route by status, for its documentation. Each names the codes that it may have. */
export function errorAnswers(...codes: ErrorCode[]): Record<number, typeof ErrorAnswer> {
  const byStatus = Map.groupBy(new Set([...codes, ...commonCodes]), code => errorTable[code].statusCode)
  return Object.fromEntries(
    [...byStatus].map(([status, [first = 'INTERNAL', ...others]]) => [
      status,
      { ...ErrorAnswer, description: [first, ...others].join(', '), examples: [exampleOf(first)] }
    ])
  )
}

function exampleOf(code: ErrorCode) {
  const { statusCode, title } = errorTable[code]
  return {
    statusCode,
    code,
    error: title,
    message: 'A sentence for a person that says what happened.',
    ...(code === 'VALIDATION' && { issues: [{ path: '/title', message: 'is required' }] }),
    ...((code === 'RATE_LIMITED' || code === 'UNAVAILABLE') && { retryAfterMs: 1000 })
  }
}
