import type { FastifyBaseLogger } from 'fastify'
import { GraphQLError } from 'graphql'
import { CodedError, toWireError } from '../../contract/errors.ts'
import type { GraphqlError } from '../../contract/graphql.ts'
import { toCodedError } from '../../plugins/app/http/errors.ts'
import { toArgumentIssue } from './arguments.ts'

/** Maximum number of errors in an answer. */
const maxErrors = 20
/** Maximum length of a message. Those of GraphQL quote the query. */
const maxMessageLength = 300

/** Parts of a request that its errors need. */
interface Asked {
  id: string
  log: Pick<FastifyBaseLogger, 'error'>
}

/** An error as the execution gives it. */
interface FailedField {
  message: string
  locations?: readonly { line: number; column: number }[] | undefined
  path?: readonly (string | number)[] | undefined
  originalError?: Error | undefined
}

/** Returns an error of GraphQL itself about the query. Its message is about what the client sent. */
function refusedBy({ message }: FailedField): CodedError {
  return new CodedError('VALIDATION', message.slice(0, maxMessageLength))
}

/**
 * Returns the error of a field, or of the whole query, which has no path. An error of a field without a code is
 * INTERNAL, without its message.
 */
function toGraphqlError(error: FailedField, { id, log }: Asked): GraphqlError {
  const { path, locations, originalError } = error
  const coded = path ? toCodedError(originalError) : refusedBy(error)
  if (!coded) log.error({ err: originalError ?? error }, 'query failed')
  const { message, ...wire } = toWireError(coded ?? originalError, id)
  const extensions = wire.issues ? { ...wire, issues: wire.issues.map(toArgumentIssue) } : wire
  return {
    message,
    ...(locations && { locations: locations.map(({ line, column }) => ({ line, column })) }),
    ...(path && { path: [...path] }),
    extensions
  }
}

/** Returns the errors of a query as clients see them. */
export function toGraphqlErrors(errors: readonly FailedField[], asked: Asked): GraphqlError[] {
  return errors.slice(0, maxErrors).map(error => toGraphqlError(error, asked))
}

/** Returns the errors with which GraphQL refuses a query, or null for any other error. */
export function refusalsOf(error: unknown): GraphQLError[] | null {
  const { errors }: { errors?: unknown } = Object(error)
  return Array.isArray(errors) && errors.every(each => each instanceof GraphQLError) ? errors : null
}
