import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Page, PageQuery } from '../../../../../contract/paging.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { Block } from '../../../../../contract/users.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'

const params = Exactly({ userId: Id })

/** People who can't join the caller's shows. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['users']
  const security = [{ bearer: [] }]
  const account = { onRequest: app.authenticateAccount }

  app.get(
    '/',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'listMyBlocks',
        summary: 'List the people you block, newest first',
        querystring: PageQuery,
        response: { 200: Page(Block), ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async request => await app.blocks.list(callerOf(request).userId, request.query)
  )

  app.put(
    '/:userId',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'block',
        summary:
          'Block a user: they can no longer join your shows or see private ones, and neither of you follows the other',
        params,
        response: { 204: Type.Null(), ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT') }
      }
    },
    async (request, reply) => {
      await app.blocks.block(callerOf(request).userId, request.params.userId)
      return await reply.code(204).send(null)
    }
  )

  app.delete(
    '/:userId',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'unblock',
        summary: 'Unblock a user',
        params,
        response: { 204: Type.Null(), ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async (request, reply) => {
      await app.blocks.unblock(callerOf(request).userId, request.params.userId)
      return await reply.code(204).send(null)
    }
  )
}

export default routes
