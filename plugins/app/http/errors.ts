import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { CodedError, errorTable, invalidRequest, toWireError, type ErrorCode } from '../../../contract/errors.ts'
import { isStoreUnavailable, storeUnavailable } from '../documents/store-errors.ts'
import { issuesOf } from './issues.ts'

/** Coded errors for those of Fastify and its plugins. Any other error without a code is an internal error. */
const foreignErrors: Readonly<Record<string, [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['PAYLOAD_TOO_LARGE', 'The body is too large.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['UNSUPPORTED_MEDIA', 'Send application/json.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['VALIDATION', 'The body is not JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['VALIDATION', 'The length of the body differs from content-length.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['VALIDATION', 'The body is empty.'],
  FST_ERR_BAD_URL: ['VALIDATION', 'The URL is malformed.'],
  FST_ERR_MAX_PARAM_LENGTH: ['VALIDATION', 'A part of the URL is too long.'],
  FST_ERR_NOT_FOUND: ['NOT_FOUND', 'There is no such address.']
}

/** Returns an error as a coded one, or null for an internal error. */
export function toCodedError(error: unknown): CodedError | null {
  if (error instanceof CodedError) return error
  if (!(error instanceof Error)) return null
  const { code = '', validation, statusCode } = error as FastifyError
  if (validation) return invalidRequest(issuesOf(validation as Parameters<typeof issuesOf>[0]))
  const foreign = foreignErrors[code]
  if (foreign) return new CodedError(...foreign)
  if (isStoreUnavailable(error)) return storeUnavailable()
  // Body parsers reject client mistakes with 400, such as bad JSON or `__proto__` in it.
  return statusCode === 400 ? new CodedError('VALIDATION', 'The request is malformed.') : null
}

/** Answers a failed request. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const coded = toCodedError(error)
  if (!coded) request.log.error({ err: error }, 'request failed')
  else if (isStoreUnavailable(error)) request.log.warn({ err: error }, 'store unavailable')
  const { code, ...wire } = toWireError(coded ?? error, request.id)
  const { statusCode, title } = errorTable[code]
  if (wire.retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(wire.retryAfterMs / 1000))
  return reply.code(statusCode).send({ statusCode, code, error: title, ...wire })
}
