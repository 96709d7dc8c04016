import fp from 'fastify-plugin'
import packageJson from '../../package.json' with { type: 'json' }
import { noTracing, type Tracing } from './tracing/spans.ts'

declare module 'fastify' {
  interface FastifyInstance {
    tracing: Tracing
  }
}

/** Tracing over OTLP, when OTEL_EXPORTER_OTLP_ENDPOINT is set. */
export default fp(
  async app => {
    const {
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_SERVICE_NAME: service,
      OTEL_TRACES_SAMPLER_ARG: ratio
    } = app.config
    if (endpoint === undefined) {
      app.decorate('tracing', noTracing)
      return
    }
    // Loaded only for tracing.
    const { startTracing } = await import('./tracing/otlp.ts')
    const { close, ...tracing } = startTracing({
      endpoint,
      service,
      version: packageJson.version,
      ratio: Number(ratio),
      logger: app.log.child({ module: 'tracing' })
    })
    app.decorate('tracing', tracing)
    app.addHook('onClose', close)
  },
  { name: 'tracing' }
)
