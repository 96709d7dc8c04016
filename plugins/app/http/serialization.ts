import fastJsonStringify from 'fast-json-stringify'
import type { FastifySerializerCompiler } from 'fastify'

type Serializer = ReturnType<FastifySerializerCompiler<object>>

/** Serializers by the JSON of their schema. They have no state, so that all servers of a process share them. */
const serializers = new Map<string, Serializer>()

/**
 * Compiles a schema of an answer once. Fastify would compile it for each route, and the errors of all routes have the
 * same few schemas.
 */
export const serializerCompiler: FastifySerializerCompiler<object> = ({ schema }) => {
  const key = JSON.stringify(schema)
  let serializer = serializers.get(key)
  if (serializer === undefined) {
    serializer = fastJsonStringify(schema)
    serializers.set(key, serializer)
  }
  return serializer
}
