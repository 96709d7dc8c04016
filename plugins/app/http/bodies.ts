import type { FastifyBodyParser, preHandlerHookHandler } from 'fastify'
import { invalidRequest, type Issue } from '../../../contract/errors.ts'

/**
 * Returns a JSON parser that takes an empty body for none: many clients send the content type of JSON without a body.
 */
export function parseJsonOrNothing(parse: FastifyBodyParser<string>): FastifyBodyParser<string> {
  return (request, body, done) => {
    if (body === '') done(null, undefined)
    else parse(request, body, done)
  }
}

/** Rejects a body on a route that takes none. An empty object counts as no body. */
export const rejectUnexpectedBody: preHandlerHookHandler = (
  { routeOptions: { schema }, is404, body },
  _reply,
  done
) => {
  const issues = is404 || schema?.body ? [] : unexpectedIn(body)
  done(issues.length > 0 ? invalidRequest(issues) : undefined)
}

function unexpectedIn(body: unknown): Issue[] {
  if (body === undefined || body === null) return []
  if (typeof body !== 'object' || Array.isArray(body)) return [{ path: '', message: 'must be empty' }]
  const [name] = Object.keys(body)
  return name === undefined ? [] : [{ path: `/${name}`, message: 'is not a known property' }]
}
