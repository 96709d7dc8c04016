import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { ShowReminders } from '../../../../../contract/reminders.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'

/** Planned shows of which the caller is reminded. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      onRequest: app.authenticateAccount,
      schema: {
        tags: ['notifications'],
        security: [{ bearer: [] }],
        operationId: 'listMyReminders',
        summary: 'List the planned shows of which you are reminded, the next one first',
        response: { 200: ShowReminders, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async request => ({ items: await app.reminders.list(callerOf(request).userId) })
  )
}

export default routes
