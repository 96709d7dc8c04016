import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { PushKey } from '../../../../contract/notifications.ts'

/** The key with which browsers subscribe to push messages. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      schema: {
        tags: ['notifications'],
        operationId: 'getPushKey',
        summary: 'Get the public key for push messages (VAPID); null while push is off',
        response: { 200: PushKey }
      }
    },
    async () => ({ key: app.pushKey })
  )
}

export default routes
