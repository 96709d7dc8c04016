import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { SignInSession } from '../../../../../contract/auth.ts'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Page, PageQuery } from '../../../../../contract/paging.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'

/** The caller's sign-ins. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['auth']
  const security = [{ bearer: [] }]

  app.get(
    '/',
    {
      onRequest: app.authenticate,
      schema: {
        tags,
        security,
        operationId: 'listMySessions',
        summary: 'List your sessions, newest first',
        querystring: PageQuery,
        response: { 200: Page(SignInSession), ...errorAnswers('UNAUTHENTICATED') }
      }
    },
    async request => {
      const { userId, signInId } = callerOf(request)
      return await app.sessions.list(userId, signInId, request.query)
    }
  )

  app.delete(
    '/:sessionId',
    {
      onRequest: app.authenticate,
      schema: {
        tags,
        security,
        operationId: 'endMySession',
        summary: 'End one of your sessions; its sockets are closed',
        params: Exactly({ sessionId: Id }),
        response: { 204: Type.Null(), ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND') }
      }
    },
    async (request, reply) => {
      await app.sessions.endOne(callerOf(request).userId, request.params.sessionId)
      return await reply.code(204).send(null)
    }
  )
}

export default routes
