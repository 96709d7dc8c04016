import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Ban } from '../../../../../contract/moderation.ts'
import { Page, PageQuery } from '../../../../../contract/paging.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'

/** Bans of a show. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const account = { onRequest: app.authenticateAccount }
  const documented = { tags: ['shows'], security: [{ bearer: [] }] }
  const refusals = errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND')

  app.get(
    '/',
    {
      ...account,
      schema: {
        ...documented,
        operationId: 'listBans',
        summary: 'The bans of a show, newest first. For its creator and co-hosts',
        params: Exactly({ showId: Id }),
        querystring: PageQuery,
        response: { 200: Page(Ban), ...refusals }
      }
    },
    async request => await app.showModeration.bans(request.params.showId, callerOf(request).userId, request.query)
  )

  app.delete(
    '/:userId',
    {
      ...account,
      schema: {
        ...documented,
        operationId: 'liftBan',
        summary: 'Lift a ban, so that the person may join the live show again',
        params: Exactly({ showId: Id, userId: Id }),
        response: { 204: Type.Null(), ...refusals, ...errorAnswers('SHOW_NOT_LIVE') }
      }
    },
    async (request, reply) => {
      await app.showModeration.unban(request.params.showId, callerOf(request).userId, request.params.userId)
      return await reply.code(204).send(null)
    }
  )
}

export default routes
