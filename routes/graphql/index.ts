import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import mercurius from 'mercurius'
import pTimeout from 'p-timeout'
import { CodedError, errorTable, toWireError } from '../../contract/errors.ts'
import { GraphqlAnswer, GraphqlRequest, graphqlRefusals, maxGraphqlBytes } from '../../contract/graphql.ts'
import { toCodedError } from '../../plugins/app/http/errors.ts'
import { refusalsOf, toGraphqlErrors } from './answers.ts'
import { createArgumentReaders } from './arguments.ts'
import { createContext } from './context.ts'
import { createPreparedQueries } from './prepared-queries.ts'
import { costOf } from './query-cost.ts'
import { maxTokens } from './query-limits.ts'
import { createGraphqlSchema } from './schema.ts'

/** Time for a query. What it has asked of the store by then goes on; the store has timeouts of its own. */
const queryTimeoutMs = 10_000
/** Number of queries that are kept parsed and checked. Apps have few queries, with other variables each time. */
const maxRemembered = 300
const refusedStatus = 400
const graphqlMedia = 'application/graphql-response+json'

/** GraphQL for apps: queries over the services of the REST routes. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const { LIMIT_REST_PER_MINUTE: maxPerMinute } = app.config
  const schema = createGraphqlSchema()
  const prepare = createPreparedQueries(maxRemembered)
  const read = createArgumentReaders(app.validator)
  // Only the route below exists: mercurius adds none, and no subscriptions.
  await app.register(mercurius, {
    schema,
    routes: false,
    graphiql: false,
    cache: maxRemembered,
    // Compiles queries that are asked again and again, while the server is not busy.
    jit: { minCount: 3, eluThreshold: 0.8 },
    graphql: { parseOptions: { maxTokens } },
    // Errors are formatted below, where the request is known.
    errorFormatter: ({ data, errors }) => ({
      statusCode: 200,
      response: { data: data ?? null, errors: [...(errors ?? [])] }
    })
  })

  /** Answers an error before or instead of the execution, in the form of GraphQL. */
  function answerFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const refusals = refusalsOf(error)
    if (refusals) return reply.code(refusedStatus).send({ errors: toGraphqlErrors(refusals, request) })
    const coded = toCodedError(error)
    if (!coded) request.log.error({ err: error }, 'request failed')
    const { message, ...extensions } = toWireError(coded ?? error, request.id)
    const { retryAfterMs } = extensions
    if (retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(retryAfterMs / 1000))
    return reply.code(errorTable[extensions.code].statusCode).send({ errors: [{ message, extensions }] })
  }

  app.post(
    '/',
    {
      onRequest: app.recognize,
      bodyLimit: maxGraphqlBytes,
      errorHandler: (error, request, reply) => {
        answerFailure(error, request, reply)
      },
      serializerCompiler: () => data => JSON.stringify(data),
      schema: {
        tags: ['graphql'],
        operationId: 'graphql',
        summary: 'Several reading requests in one. The schema is at /docs/graphql.graphql',
        body: GraphqlRequest,
        response: { 200: GraphqlAnswer, ...graphqlRefusals }
      }
    },
    async (request, reply) => {
      const { query, variables } = request.body
      const given: Readonly<Record<string, unknown>> = { ...variables }
      const { operation, fragments } = prepare(query)
      const { requests } = costOf({ schema, operation, fragments, variables: given, maxPerMinute })
      await app.countQuery(request, requests)
      reply.type(`${request.headers.accept?.includes(graphqlMedia) ? graphqlMedia : 'application/json'}; charset=utf-8`)
      const { data, errors } = await pTimeout(app.graphql(query, createContext(app, read, request), given), {
        milliseconds: queryTimeoutMs,
        message: new CodedError('UNAVAILABLE', 'The query took too long. Ask for less.')
      })
      if (!errors) return { data: data ?? null }
      const answered = toGraphqlErrors(errors, request)
      // A compiled query finds some mistakes in variables itself.
      if (!data && answered.every(({ path }) => !path)) {
        const refused: FastifyReply = reply
        return await refused.code(refusedStatus).send({ errors: answered })
      }
      for (const { extensions } of answered) app.metrics.http.rejected(extensions.code)
      return { data: data ?? null, errors: answered }
    }
  )
}

export default routes
