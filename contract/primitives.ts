import { Type, type TSchema } from 'typebox'

/** An opaque id: only the server knows its format. The bound keeps long values out of queries. */
export const Id = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$', description: 'Opaque id' })

/** A time in REST: ISO 8601, UTC. */
export const IsoTime = Type.String({ format: 'date-time', maxLength: 40, description: 'ISO 8601, UTC' })

/** A time on the socket: integer milliseconds since the epoch. */
export const TimeMs = Type.Integer({ minimum: 0, description: 'Milliseconds since the epoch' })

/** A counter that only increases. */
export const Version = Type.Integer({ minimum: 0 })

/** A number of people or things. */
export const Count = Type.Integer({ minimum: 0 })

/** Returns the schema of an object without further properties. */
export function Exactly<P extends Record<string, TSchema>>(
  properties: P,
  options: { description?: string; examples?: object[] } = {}
) {
  return Type.Object(properties, { additionalProperties: false, ...options })
}

/** Returns the schema of a value or null. */
export function Nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()])
}

/** Returns the schema of an enumeration. */
export function OneOf<const V extends readonly string[]>(values: V, description?: string) {
  return Type.Unsafe<V[number]>({ type: 'string', enum: values, ...(description !== undefined && { description }) })
}
