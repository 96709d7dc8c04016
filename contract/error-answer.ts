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
  return answersByStatus(codes, (first, description) => ({
    ...ErrorAnswer,
    description,
    examples: [exampleOf(first)]
  }))
}

/**
 * Returns an answer for each status of these codes and of those that any route may answer. `answerOf` gets the first
 * code of the status, and all of them as a text.
 */
export function answersByStatus<T>(
  codes: readonly ErrorCode[],
  answerOf: (first: ErrorCode, description: string) => T
): Record<number, T> {
  const byStatus = Map.groupBy(new Set([...codes, ...commonCodes]), code => errorTable[code].statusCode)
  return Object.fromEntries(
    [...byStatus].map(([status, [first = 'INTERNAL', ...others]]) => [
      status,
      answerOf(first, [first, ...others].join(', '))
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
