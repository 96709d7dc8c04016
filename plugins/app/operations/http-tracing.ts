import fp from 'fastify-plugin'
import type { OpenSpan } from '../../external/tracing/spans.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What is traced of this request; null where nothing is. */
    span: OpenSpan | null
  }
}

const firstFault = 500

/**
 * Follows requests over HTTP. A `traceparent` is taken only where a proxy is trusted: without one it is whatever a stranger wrote, who
 * could hang their requests into anybody's trace, or have all of theirs followed at our cost.
 */
export default fp(
  async app => {
    const { tracing, config } = app
    if (!tracing.isOn) return
    app.decorateRequest('span', null)

    app.addHook('onRequest', (request, _reply, done) => {
      const {
        method,
        headers: { traceparent }
      } = request
      const named = config.TRUST_PROXY && typeof traceparent === 'string' ? traceparent : undefined
      request.span = tracing.begin(method, { 'http.request.method': method, 'ambient.request_id': request.id }, named)
      request.span.run(done)
    })
    // Reading the body comes between, and goes on where the connection's bytes arrive.
    app.addHook('preValidation', (request, _reply, done) => {
      if (request.span) request.span.run(done)
      else done()
    })
    app.addHook('onResponse', async ({ span, method, routeOptions: { url, schema } }, { statusCode }) => {
      const route = url !== undefined && schema && 'operationId' in schema ? url : undefined
      if (route !== undefined) span?.rename(`${method} ${route}`)
      span?.say({ 'http.response.status_code': statusCode, ...(route !== undefined && { 'http.route': route }) })
      span?.end(statusCode >= firstFault ? String(statusCode) : undefined)
    })
  },
  { name: 'http-tracing', dependencies: ['tracing'] }
)
