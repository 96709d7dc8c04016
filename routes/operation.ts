import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Healthy, NotReady, Ready } from '../contract/health.ts'

/** Health checks for load balancers and orchestrators. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/healthz',
    {
      config: { rateLimit: false },
      schema: {
        tags: ['operation'],
        operationId: 'healthz',
        summary: 'Check that the process is alive',
        response: { 200: Healthy }
      }
    },
    async () => ({ status: 'ok' as const })
  )

  app.get(
    '/readyz',
    {
      // A counter of its own, so that other requests from the address of a load balancer do not use it up.
      config: { rateLimit: { max: app.config.LIMIT_REST_PER_MINUTE } },
      schema: {
        tags: ['operation'],
        operationId: 'readyz',
        summary: 'Check whether the server should get traffic, and if not, why',
        response: { 200: Ready, 503: NotReady }
      }
    },
    async (_request, reply) => {
      const reasons = await app.readiness.reasons()
      if (reasons.length === 0) {
        const degraded = await app.readiness.degraded()
        return { status: 'ok' as const, ...(degraded.length > 0 && { degraded }) }
      }
      return await reply.code(503).send({ status: 'unavailable' as const, reasons })
    }
  )
}

export default routes
