import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

/** Health checks for load balancers and orchestrators. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const Alive = Type.Object({ status: Type.Literal('ok') })
  const NotReady = Type.Object({ status: Type.Literal('unavailable'), reasons: Type.Array(Type.String()) })

  app.get(
    '/healthz',
    {
      config: { rateLimit: false },
      schema: {
        tags: ['operation'],
        operationId: 'healthz',
        summary: 'Check that the process is alive',
        response: { 200: Alive }
      }
    },
    async () => ({ status: 'ok' as const })
  )

  app.get(
    '/readyz',
    {
      config: { rateLimit: false },
      schema: {
        tags: ['operation'],
        operationId: 'readyz',
        summary: 'Check whether the server should get traffic, and if not, why',
        response: { 200: Alive, 503: NotReady }
      }
    },
    async (_request, reply) => {
      const reasons = await app.readiness.reasons()
      if (reasons.length === 0) return { status: 'ok' as const }
      return await reply.code(503).send({ status: 'unavailable' as const, reasons })
    }
  )
}

export default routes
