import { Type, type TSchema } from 'typebox'

/** An opaque id: what it looks like is the server's business; the bound keeps giants out of queries. */
export const Id = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$', description: 'Opaque id' })

/** REST times: ISO 8601 UTC. */
export const IsoTime = Type.String({ format: 'date-time', maxLength: 40, description: 'ISO 8601, UTC' })

/** Realtime times: integer milliseconds since the epoch. */
export const TimeMs = Type.Integer({ minimum: 0, description: 'Milliseconds since the epoch' })

/** A counter that only grows. */
export const Version = Type.Integer({ minimum: 0 })

/** An object that refuses what it does not name. */
export function Exactly<P extends Record<string, TSchema>>(
  properties: P,
  options: { description?: string; examples?: object[] } = {}
) {
  return Type.Object(properties, { additionalProperties: false, ...options })
}

/** The schema, or null. */
export function Nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()])
}

/** One of a few words. */
export function OneOf<const V extends readonly string[]>(values: V, description?: string) {
  return Type.Unsafe<V[number]>({ type: 'string', enum: values, ...(description !== undefined && { description }) })
}
