import type { onRequestHookHandler, onResponseAsyncHookHandler, preValidationHookHandler } from 'fastify'
import type { Tracing } from '../../external/tracing/spans.ts'

const minServerErrorStatus = 500

export interface RequestTracingParts {
  tracing: Tracing
  /** Whether a proxy in front is trusted. */
  trustsProxy: boolean
}

/**
 * Returns hooks that trace HTTP requests. A `traceparent` counts only behind a trusted proxy. From anybody else it
 * could attach requests to a foreign trace, or have all of their requests sampled at our cost.
 */
export function traceRequests({ tracing, trustsProxy }: RequestTracingParts): {
  onRequest: onRequestHookHandler
  preValidation: preValidationHookHandler
  onResponse: onResponseAsyncHookHandler
} {
  return {
    onRequest(request, _reply, done) {
      const {
        method,
        id,
        headers: { traceparent }
      } = request
      const parent = trustsProxy && typeof traceparent === 'string' ? traceparent : undefined
      request.span = tracing.start(method, { 'http.request.method': method, 'ambient.request_id': id }, parent)
      request.span.run(done)
    },
    // The body was read in between, in the context of the connection; the span is entered again.
    preValidation(request, _reply, done) {
      if (request.span) request.span.run(done)
      else done()
    },
    async onResponse({ span, method, routeOptions: { url, schema } }, { statusCode }) {
      const route = url !== undefined && schema && 'operationId' in schema ? url : undefined
      if (route !== undefined) span?.rename(`${method} ${route}`)
      span?.setAttributes({
        'http.response.status_code': statusCode,
        ...(route !== undefined && { 'http.route': route })
      })
      span?.end(statusCode >= minServerErrorStatus ? String(statusCode) : undefined)
    }
  }
}
