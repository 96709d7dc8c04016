import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../contract/error-answer.ts'
import { SongSpace } from '../../../../contract/songs.ts'
import { callerOf } from '../../../../plugins/app/identity/authenticate.ts'

/** How much space the caller has for songs. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      preValidation: app.authenticateAccount,
      schema: {
        tags: ['songs'],
        security: [{ bearer: [] }],
        operationId: 'getSongSpace',
        summary: "How much space the caller's songs use, how much they may use, and the maximum size of one upload",
        response: { 200: SongSpace, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async request => await app.songs.getSpace(callerOf(request).userId)
  )
}

export default routes
