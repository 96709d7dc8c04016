import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Member, MembersQuery } from '../../../../../contract/moderation.ts'
import { Page } from '../../../../../contract/paging.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'

/** Members of a live show. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      onRequest: app.authenticateAccount,
      schema: {
        tags: ['shows'],
        security: [{ bearer: [] }],
        operationId: 'listMembers',
        summary: 'The members of a live show, by name. For its creator and co-hosts',
        params: Exactly({ showId: Id }),
        querystring: MembersQuery,
        response: { 200: Page(Member), ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'SHOW_NOT_LIVE') }
      }
    },
    async request => await app.showModeration.members(request.params.showId, callerOf(request).userId, request.query)
  )
}

export default routes
