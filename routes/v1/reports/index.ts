import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { errorAnswers } from '../../../contract/error-answer.ts'
import { Report, ReportDraft } from '../../../contract/safety.ts'
import { callerOf } from '../../../plugins/app/identity/authenticate.ts'

const hourMs = 3_600_000

/** Reports to the operators. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.post(
    '/',
    {
      onRequest: app.authenticateAccount,
      config: {
        rateLimit: {
          max: app.config.LIMIT_REPORTS_PER_HOUR,
          timeWindow: hourMs,
          keyGenerator: (request: FastifyRequest) => `reports:${request.caller?.userId}`
        }
      },
      schema: {
        tags: ['safety'],
        security: [{ bearer: [] }],
        operationId: 'createReport',
        summary:
          'Report a person, a show, live or as a replay, or a comment; returns an open report of the same subject, if there is one',
        body: ReportDraft,
        response: { 201: Report, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND') }
      }
    },
    async (request, reply) => await reply.code(201).send(await app.reports.open(callerOf(request).userId, request.body))
  )
}

export default routes
