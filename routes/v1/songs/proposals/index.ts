import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../contract/error-answer.ts'
import { ProposedSongs } from '../../../../contract/metadata.ts'
import { PageQuery } from '../../../../contract/paging.ts'
import { callerOf } from '../../../../plugins/app/identity/authenticate.ts'

/** The caller's songs that have proposals. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      onRequest: app.authenticateAccount,
      schema: {
        tags: ['metadata'],
        security: [{ bearer: [] }],
        operationId: 'listProposedSongs',
        summary: 'Your songs that have proposals, newest first, each with its best one',
        querystring: PageQuery,
        response: { 200: ProposedSongs, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'VALIDATION') }
      }
    },
    async request => await app.songMetadata.list(callerOf(request).userId, request.query)
  )
}

export default routes
