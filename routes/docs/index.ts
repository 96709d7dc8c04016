import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { createGraphqlSchema, schemaText } from '../graphql/schema.ts'

/** The GraphQL schema as text, beside the documents of plugins/external/docs.ts. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const text = schemaText(createGraphqlSchema())
  app.get(
    '/graphql.graphql',
    { schema: { hide: true } },
    async (_request, reply) => await reply.type('text/plain; charset=utf-8').send(text)
  )
}

export default routes
