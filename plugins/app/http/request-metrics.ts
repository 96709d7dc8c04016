import type { FastifyReply, FastifyRequest, onErrorAsyncHookHandler, onResponseHookHandler } from 'fastify'
import type { Metrics } from '../../external/metrics.ts'
import { toCodedError } from './errors.ts'

const minErrorStatus = 400

/**
 * Returns the label of a request: the template of its route, `web` for files and pages, `unmatched` for anything else.
 */
function routeOf({ routeOptions: { url, schema } }: FastifyRequest, { statusCode }: FastifyReply): string {
  if (url !== undefined && schema && 'operationId' in schema) return url
  return url === undefined && statusCode >= minErrorStatus ? 'unmatched' : 'web'
}

/** Returns hooks that count HTTP requests, and the codes of failed ones. */
export function measureRequests(metrics: Metrics['http']): {
  onResponse: onResponseHookHandler
  onError: onErrorAsyncHookHandler
} {
  return {
    onResponse(request, reply, done) {
      metrics.answered({
        method: request.method,
        route: routeOf(request, reply),
        statusCode: reply.statusCode,
        durationMs: reply.elapsedTime
      })
      done()
    },
    onError: async (_request, _reply, error) => metrics.rejected(toCodedError(error)?.code ?? 'INTERNAL')
  }
}
