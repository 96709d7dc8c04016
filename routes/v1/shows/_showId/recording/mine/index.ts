import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../../contract/error-answer.ts'
import { Exactly, Id } from '../../../../../../contract/primitives.ts'
import { OwnVoice } from '../../../../../../contract/recordings.ts'
import { callerOf } from '../../../../../../plugins/app/identity/authenticate.ts'

/** The caller's own voice in a recorded show. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      onRequest: app.authenticateAccount,
      schema: {
        tags: ['recordings'],
        security: [{ bearer: [] }],
        operationId: 'getOwnVoice',
        summary: "The caller's own recorded voice in a show, by time. Nobody else gets it",
        params: Exactly({ showId: Id }),
        response: { 200: OwnVoice, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND') }
      }
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return await app.recordings.ownVoice.list(request.params.showId, callerOf(request).userId)
    }
  )
}

export default routes
