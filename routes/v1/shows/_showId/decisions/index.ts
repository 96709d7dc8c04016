import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { ShowDecision } from '../../../../../contract/moderation.ts'
import { Page, PageQuery } from '../../../../../contract/paging.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'

/** Decisions of the hosts of a show. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      onRequest: app.authenticateAccount,
      schema: {
        tags: ['shows'],
        security: [{ bearer: [] }],
        operationId: 'listDecisions',
        summary: 'The decisions of the hosts of a show, newest first. For its creator',
        params: Exactly({ showId: Id }),
        querystring: PageQuery,
        response: { 200: Page(ShowDecision), ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND') }
      }
    },
    async request => await app.showModeration.decisions(request.params.showId, callerOf(request).userId, request.query)
  )
}

export default routes
