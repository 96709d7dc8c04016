import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../contract/error-answer.ts'
import { SongSpace } from '../../../../contract/songs.ts'
import { callerOf } from '../../../../plugins/app/identity/authenticate.ts'

/** The space for the caller's songs. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      onRequest: app.authenticateAccount,
      schema: {
        tags: ['songs'],
        security: [{ bearer: [] }],
        operationId: 'getSongSpace',
        summary: "The space that the caller's songs use, its limit, and the maximum size of one upload",
        response: { 200: SongSpace, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async request => await app.songs.getSpace(callerOf(request).userId)
  )
}

export default routes
