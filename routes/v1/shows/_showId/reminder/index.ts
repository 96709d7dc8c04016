import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'
import { stricterLimit } from '../../../../../plugins/external/rate-limit/stricter-limit.ts'

const params = Exactly({ showId: Id })

/** The reminder of the caller for a planned show. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['notifications']
  const security = [{ bearer: [] }]
  const account = { onRequest: app.authenticateAccount }

  app.put(
    '/',
    {
      ...account,
      config: { rateLimit: stricterLimit(app.config.LIMIT_EDITS_PER_MINUTE, app.config) },
      schema: {
        tags,
        security,
        operationId: 'putReminder',
        summary: 'Be told ten minutes before a planned show, and when it starts',
        params,
        response: { 204: Type.Null(), ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT') }
      }
    },
    async (request, reply) => {
      await app.reminders.add(callerOf(request).userId, request.params.showId)
      return await reply.code(204).send(null)
    }
  )

  app.delete(
    '/',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'deleteReminder',
        summary: 'Remove a reminder',
        params,
        response: { 204: Type.Null(), ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async (request, reply) => {
      await app.reminders.remove(callerOf(request).userId, request.params.showId)
      return await reply.code(204).send(null)
    }
  )
}

export default routes
