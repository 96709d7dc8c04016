import type { onRequestHookHandler, RouteOptions } from 'fastify'
import { CodedError } from '../../../contract/errors.ts'
import { maxBytesFor } from '../../../contract/graphemes.ts'
import type { TextRule } from '../../../contract/text.ts'

/** The parts of a JSON schema that bound the size of its values. */
interface BoundedSchema {
  type?: string
  const?: unknown
  enum?: readonly unknown[]
  anyOf?: readonly BoundedSchema[]
  properties?: Readonly<Record<string, BoundedSchema>>
  items?: BoundedSchema
  maxItems?: number
  maxLength?: number
  pattern?: string
  'x-text'?: TextRule
}

/** Maximum body of a route that takes none: an empty object, however it is written. */
export const noBodyBytes = 1024
/** Characters outside ASCII that are escaped take three times their bytes in UTF-8. */
const escapedFactor = 3
const numberBytes = 24
/** Share of a body that may be white space, such as the indentation of a formatted one. */
const whiteSpaceFactor = 1.25

/**
 * Returns the maximum length of a JSON text that a schema accepts, without white space, bytes. Throws for a schema that
 * sets no bound.
 */
function maxJsonBytes(schema: BoundedSchema): number {
  const { type, anyOf, properties, items, maxItems, maxLength, pattern, 'x-text': rule } = schema
  const values = 'const' in schema ? [schema.const] : schema.enum
  if (values) return Math.max(...values.map(value => JSON.stringify(value).length))
  if (anyOf) return Math.max(...anyOf.map(maxJsonBytes))
  if (rule) return 2 + maxBytesFor(rule.max) * escapedFactor
  if (type === 'string' && maxLength !== undefined) return 2 + maxLength * (pattern === undefined ? escapedFactor : 1)
  if (type === 'array' && items && maxItems !== undefined) return 2 + maxItems * (maxJsonBytes(items) + 1)
  if (type === 'object' && properties) {
    const pairs = Object.entries(properties)
    return 2 + pairs.reduce((sum, [name, value]) => sum + JSON.stringify(name).length + maxJsonBytes(value) + 2, 0)
  }
  if (type === 'integer' || type === 'number' || type === 'boolean' || type === 'null') return numberBytes
  throw new Error(`a body has no bound: ${JSON.stringify(schema)}`)
}

/** Returns the maximum body of a route with this schema, bytes. */
export function bodyLimitOf(schema: object): number {
  return noBodyBytes + Math.ceil(maxJsonBytes(schema) * whiteSpaceFactor)
}

/**
 * Returns a hook that limits the body of each route to what its schema accepts, so that no more than that is ever
 * parsed. A route may set a lower limit. Forms with files are streams and have limits of their own.
 */
export function limitBodies(maxBytes: number): (route: RouteOptions) => void {
  return route => {
    const body = route.config?.takesFile ? undefined : route.schema?.body
    if (typeof body === 'object' && body !== null) {
      route.bodyLimit = Math.min(maxBytes, route.bodyLimit ?? bodyLimitOf(body))
    }
  }
}

/** Rejects requests without a route before their body is read. Pages are answered later; they have no body. */
export const rejectWithoutRoute: onRequestHookHandler = ({ is404, method }, _reply, done) => {
  const hasPage = method === 'GET' || method === 'HEAD'
  done(is404 && !hasPage ? new CodedError('NOT_FOUND', 'There is no such address.') : undefined)
}
