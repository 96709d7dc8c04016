import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../contract/error-answer.ts'
import { CodedError } from '../../../contract/errors.ts'
import { User, UserPatch } from '../../../contract/users.ts'
import { callerOf } from '../../../plugins/app/identity/authenticate.ts'
import { stricterLimit } from '../../../plugins/external/rate-limit/stricter-limit.ts'

/** The caller's account. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['users']
  const security = [{ bearer: [] }]

  app.get(
    '/me',
    {
      onRequest: app.authenticate,
      schema: {
        tags,
        security,
        operationId: 'getMe',
        summary: 'Get your account',
        response: { 200: User, ...errorAnswers('UNAUTHENTICATED') }
      }
    },
    async request => {
      const user = await app.users.find(callerOf(request).userId)
      if (!user) throw new CodedError('UNAUTHENTICATED', 'This account does not exist any more.')
      return user
    }
  )

  app.patch(
    '/me',
    {
      onRequest: app.authenticateAccount,
      // The log of a live show has each name of a speaker.
      config: { rateLimit: stricterLimit(app.config.LIMIT_EDITS_PER_MINUTE, app.config) },
      schema: {
        tags,
        security,
        operationId: 'patchMe',
        summary: 'Change your profile',
        body: UserPatch,
        response: { 200: User, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND') }
      }
    },
    async request => await app.users.patch(callerOf(request).userId, request.body)
  )
}

export default routes
