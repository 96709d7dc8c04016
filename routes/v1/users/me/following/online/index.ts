import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../../contract/error-answer.ts'
import { OnlinePeople } from '../../../../../../contract/live.ts'
import { callerOf } from '../../../../../../plugins/app/identity/authenticate.ts'

/** Followed people who are online. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      onRequest: app.authenticateAccount,
      schema: {
        tags: ['users'],
        security: [{ bearer: [] }],
        operationId: 'listFollowedOnline',
        summary: 'List the people you follow who are online and let followers see it',
        response: { 200: OnlinePeople, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'UNAVAILABLE') }
      }
    },
    async request => await app.onlinePeople.followedBy(callerOf(request).userId)
  )
}

export default routes
