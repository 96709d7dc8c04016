import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { User } from '../../../../../contract/users.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'
import { stricterLimit } from '../../../../../plugins/external/rate-limit/stricter-limit.ts'
import { pictureForm, pictureUploadsPerMinute, readPicture, uncheckedForm } from '../../../picture-form.ts'

/** The caller's picture. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['users']
  const security = [{ bearer: [] }]

  app.put(
    '/',
    {
      onRequest: app.authenticateAccount,
      config: { takesFile: true, rateLimit: stricterLimit(pictureUploadsPerMinute, app.config) },
      validatorCompiler: uncheckedForm,
      schema: {
        tags,
        security,
        operationId: 'putMyAvatar',
        summary: 'Set your picture: its middle is kept as a square, without metadata',
        ...pictureForm,
        response: {
          200: User,
          ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA')
        }
      }
    },
    async request => await app.avatars.replace(callerOf(request).userId, await readPicture(request))
  )

  app.delete(
    '/',
    {
      onRequest: app.authenticateAccount,
      schema: {
        tags,
        security,
        operationId: 'deleteMyAvatar',
        summary: 'Remove your picture',
        response: { 200: User, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND') }
      }
    },
    async request => await app.avatars.remove(callerOf(request).userId)
  )
}

export default routes
