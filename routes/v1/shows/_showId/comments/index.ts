import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Comment } from '../../../../../contract/comments.ts'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Page, PageQuery } from '../../../../../contract/paging.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'

/** Comments of a show, while it is live and afterwards. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['comments']

  app.get(
    '/',
    {
      onRequest: app.recognize,
      schema: {
        tags,
        operationId: 'listComments',
        summary: "A show's comments, newest first",
        params: Exactly({ showId: Id }),
        querystring: PageQuery,
        response: { 200: Page(Comment), ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND') }
      }
    },
    async ({ params, query, caller }) => await app.comments.list(params.showId, caller?.userId ?? null, query)
  )

  app.delete(
    '/:commentId',
    {
      onRequest: app.authenticateAccount,
      schema: {
        tags,
        security: [{ bearer: [] }],
        operationId: 'deleteComment',
        summary: 'Delete a comment, also after the show. For its author, the creator and co-hosts',
        params: Exactly({ showId: Id, commentId: Id }),
        response: { 204: Type.Null(), ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND') }
      }
    },
    async (request, reply) => {
      const { showId, commentId } = request.params
      await app.comments.removeAs(callerOf(request).userId, showId, commentId)
      return await reply.code(204).send(null)
    }
  )
}

export default routes
