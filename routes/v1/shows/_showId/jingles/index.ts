import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { JinglePads } from '../../../../../contract/jingles.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'

/** The jingles that the hosts of a show can play. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      onRequest: app.authenticateAccount,
      schema: {
        tags: ['shows'],
        security: [{ bearer: [] }],
        operationId: 'listJingles',
        summary: "The creator's jingles, for the hosts of a show",
        params: Exactly({ showId: Id }),
        response: { 200: JinglePads, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND') }
      }
    },
    async request => {
      const { showId } = request.params
      const { creatorId } = await app.showGuard.authorize('moderate', showId, callerOf(request).userId)
      return { items: await app.songs.listJingles(creatorId) }
    }
  )
}

export default routes
