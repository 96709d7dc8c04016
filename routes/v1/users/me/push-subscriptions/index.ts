import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { CodedError } from '../../../../../contract/errors.ts'
import { PushSubscription, PushSubscriptionDraft, PushSubscriptions } from '../../../../../contract/notifications.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'
import { deviceOf } from '../../../../../plugins/app/identity/device.ts'
import { stricterLimit } from '../../../../../plugins/external/rate-limit/stricter-limit.ts'

/** Browsers that get push messages of the caller. */
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
        operationId: 'listMyPushSubscriptions',
        summary: 'List the browsers that get your push messages, newest first',
        response: { 200: PushSubscriptions, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async request => ({ items: await app.pushSubscriptions.list(callerOf(request).userId) })
  )

  app.put(
    '/',
    {
      ...account,
      config: { rateLimit: stricterLimit(app.config.LIMIT_EDITS_PER_MINUTE, app.config) },
      schema: {
        tags,
        security,
        operationId: 'putMyPushSubscription',
        summary: 'Subscribe a browser to push messages, until its sign-in ends',
        body: PushSubscriptionDraft,
        response: {
          200: PushSubscription,
          ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT')
        }
      }
    },
    async request => {
      if (app.pushKey === null) throw new CodedError('NOT_FOUND', 'This server sends no push messages.')
      const { userId, signInId } = callerOf(request)
      const subscriber = { userId, signInId, device: deviceOf(request.headers) }
      return await app.pushSubscriptions.add(subscriber, request.body)
    }
  )

  app.delete(
    '/:subscriptionId',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'deleteMyPushSubscription',
        summary: 'End the push messages to a browser',
        params: Exactly({ subscriptionId: Id }),
        response: { 204: Type.Null(), ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async (request, reply) => {
      await app.pushSubscriptions.remove(callerOf(request).userId, request.params.subscriptionId)
      return await reply.code(204).send(null)
    }
  )
}

export default routes
