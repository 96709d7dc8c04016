import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ShowAnalytics } from '../../../../../contract/analytics.ts'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { maxShowAnalyticsPerMinute } from '../../../../../plugins/app/analytics/show-analytics.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'
import { stricterLimit } from '../../../../../plugins/external/rate-limit/stricter-limit.ts'

const Csv = { description: 'One row for each minute', content: { 'text/csv': { schema: Type.String() } } }
const errors = errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'SHOW_NOT_LIVE')

/** The numbers of a show. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const config = { rateLimit: stricterLimit(maxShowAnalyticsPerMinute, app.config) }

  app.get(
    '/',
    {
      onRequest: app.authenticateAccount,
      config,
      schema: {
        tags: ['shows'],
        security: [{ bearer: [] }],
        operationId: 'getShowAnalytics',
        summary: 'The numbers of a show, also while it is live. For its creator and co-hosts',
        params: Exactly({ showId: Id }),
        response: { 200: ShowAnalytics, ...errors }
      }
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return await app.analytics.ofShow(request.params.showId, callerOf(request).userId)
    }
  )

  app.get(
    '.csv',
    {
      onRequest: app.authenticateAccount,
      config,
      schema: {
        tags: ['shows'],
        security: [{ bearer: [] }],
        operationId: 'getShowAnalyticsCsv',
        summary: 'The numbers of each minute of a show as CSV (RFC 4180). For its creator and co-hosts',
        params: Exactly({ showId: Id }),
        response: { 200: Csv, ...errors }
      }
    },
    async (request, reply) => {
      const { showId } = request.params
      const csv = await app.analytics.csvOfShow(showId, callerOf(request).userId)
      return await reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="show-${showId}.csv"`)
        .header('cache-control', 'no-store')
        .send(csv)
    }
  )
}

export default routes
