import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { MongoNetworkError, MongoServerSelectionError, MongoNotConnectedError } from 'mongodb'
import { CodedError, errorTable, toWireError, type ErrorCode } from '../../../contract/errors.ts'
import { issuesOf } from './issues.ts'

/** What Fastify and its plugins throw, in our words. Anything else that is not coded is our fault. */
const foreignCodes: Readonly<Record<string, [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['PAYLOAD_TOO_LARGE', 'The body is too large.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['UNSUPPORTED_MEDIA', 'Send application/json.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['VALIDATION', 'The body is not JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['VALIDATION', 'The body does not have the length it says.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['VALIDATION', 'The body is empty.'],
  FST_ERR_BAD_URL: ['VALIDATION', 'The URL is malformed.'],
  FST_ERR_MAX_PARAM_LENGTH: ['VALIDATION', 'A part of the URL is too long.'],
  FST_ERR_NOT_FOUND: ['NOT_FOUND', 'There is no such address.']
}

/** Any error as one with a code of the table. */
export function coded(error: unknown): CodedError | null {
  if (error instanceof CodedError) return error
  if (!(error instanceof Error)) return null
  const { code = '', validation, statusCode } = error as FastifyError
  if (validation) {
    return new CodedError('VALIDATION', 'The request does not fit.', {
      issues: issuesOf(validation as Parameters<typeof issuesOf>[0])
    })
  }
  const known = foreignCodes[code]
  if (known) return new CodedError(...known)
  if (
    error instanceof MongoNetworkError ||
    error instanceof MongoServerSelectionError ||
    error instanceof MongoNotConnectedError
  ) {
    return new CodedError('UNAVAILABLE', 'The database is away; try again in a moment.')
  }
  // A body parser's own refusals (bad JSON, __proto__ in it) are the client's mistake.
  return statusCode === 400 ? new CodedError('VALIDATION', 'The request is malformed.') : null
}

/** Answers a request that failed. */
export function answer(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = coded(error)
  if (!known) request.log.error({ err: error }, 'a request failed')
  const { code, ...wire } = toWireError(known ?? error, request.id)
  const { statusCode, title } = errorTable[code]
  if (wire.retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(wire.retryAfterMs / 1000))
  return reply.code(statusCode).send({ statusCode, code, error: title, ...wire })
}

export default fp(
  async app => {
    app.setErrorHandler((error, request, reply) => answer(error, request, reply))
  },
  { name: 'errors' }
)
