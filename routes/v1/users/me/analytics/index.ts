import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CreatorAnalytics, CreatorAnalyticsQuery } from '../../../../../contract/analytics.ts'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'
import { stricterLimit } from '../../../../../plugins/external/rate-limit/stricter-limit.ts'

const maxPerMinute = 60

/** The numbers of the caller's shows. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      onRequest: app.authenticateAccount,
      config: { rateLimit: stricterLimit(maxPerMinute, app.config) },
      schema: {
        tags: ['users'],
        security: [{ bearer: [] }],
        operationId: 'getMyAnalytics',
        summary: 'The numbers of your shows, newest first',
        querystring: CreatorAnalyticsQuery,
        response: { 200: CreatorAnalytics, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'VALIDATION') }
      }
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return await app.analytics.ofCreator(callerOf(request).userId, request.query)
    }
  )
}

export default routes
