import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { NotificationSettings, NotificationSettingsPatch } from '../../../../../contract/notifications.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'
import { stricterLimit } from '../../../../../plugins/external/rate-limit/stricter-limit.ts'

/** The shows that the caller is told about. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['notifications']
  const security = [{ bearer: [] }]
  const account = { onRequest: app.authenticateAccount }

  app.get(
    '/',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'getMyNotifications',
        summary: 'Get what you are told about, and when',
        response: { 200: NotificationSettings, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async request => await app.notificationPreferences.get(callerOf(request).userId)
  )

  app.patch(
    '/',
    {
      ...account,
      config: { rateLimit: stricterLimit(app.config.LIMIT_EDITS_PER_MINUTE, app.config) },
      schema: {
        tags,
        security,
        operationId: 'patchMyNotifications',
        summary: 'Change what you are told about, and when',
        body: NotificationSettingsPatch,
        response: { 200: NotificationSettings, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async request => await app.notificationPreferences.patch(callerOf(request).userId, request.body)
  )
}

export default routes
