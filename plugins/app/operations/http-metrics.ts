import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { coded } from '../http/errors.ts'

const firstFailure = 400

/** What stands for a request's address: the template of an operation, or one word for all files and pages, and for all else. */
function routeOf({ routeOptions: { url, schema } }: FastifyRequest, { statusCode }: FastifyReply): string {
  if (url !== undefined && schema && 'operationId' in schema) return url
  return url === undefined && statusCode >= firstFailure ? 'unmatched' : 'web'
}

/** Counts the requests over HTTP and what they were refused with. */
export default fp(
  async app => {
    const { http } = app.metrics
    app.addHook('onResponse', (request, reply, done) => {
      http.answered({
        method: request.method,
        route: routeOf(request, reply),
        statusCode: reply.statusCode,
        durationMs: reply.elapsedTime
      })
      done()
    })
    app.addHook('onError', async (_request, _reply, error) => http.refused(coded(error)?.code ?? 'INTERNAL'))
  },
  { name: 'http-metrics', dependencies: ['metrics'] }
)
