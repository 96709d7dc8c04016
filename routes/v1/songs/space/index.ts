import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../contract/error-answer.ts'
import { SongSpace } from '../../../../contract/songs.ts'
import { callerOf } from '../../../../plugins/app/identity/authenticate.ts'

/** How much room the caller has for songs. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      preValidation: app.authenticateAccount,
      schema: {
        tags: ['songs'],
        security: [{ bearer: [] }],
        operationId: 'getSongSpace',
        summary: "How much room the caller's songs take, how much there is, and how large one upload may be",
        response: { 200: SongSpace, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async request => await app.songs.space(callerOf(request).userId)
  )
}

export default routes
