import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../contract/error-answer.ts'
import { LiveValues } from '../../../contract/live.ts'

/** Live values of the server, for everybody. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      schema: {
        tags: ['live'],
        operationId: 'getLiveValues',
        summary: 'Get how many people are connected and listen to public shows, and which songs most people play',
        response: { 200: LiveValues, ...errorAnswers('UNAVAILABLE') }
      }
    },
    async (_request, reply) => {
      // The values are refreshed once per second.
      reply.header('cache-control', 'public, max-age=1')
      const today = await app.eventTotals.today()
      return { ...app.liveValues.get(), ...(today && { today }) }
    }
  )
}

export default routes
