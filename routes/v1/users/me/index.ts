import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../contract/error-answer.ts'
import { callerOf } from '../../../../plugins/app/identity/authenticate.ts'

/** Erasing the caller's account. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.delete(
    '/',
    {
      onRequest: app.authenticate,
      schema: {
        tags: ['users'],
        security: [{ bearer: [] }],
        operationId: 'eraseMe',
        summary: "Erase your account and all data stored about you, shows included; this can't be undone",
        response: { 204: Type.Null(), ...errorAnswers('UNAUTHENTICATED') }
      }
    },
    async (request, reply) => {
      await app.erasure.erase(callerOf(request).userId)
      return await reply.code(204).send(null)
    }
  )
}

export default routes
