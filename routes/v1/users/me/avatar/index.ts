import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Exactly } from '../../../../../contract/primitives.ts'
import { User } from '../../../../../contract/users.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'
import { readUpload } from '../../../../../plugins/external/multipart.ts'
import { stricterLimit } from '../../../../../plugins/external/rate-limit/stricter-limit.ts'

const maxBytes = 5 * 1024 * 1024
/** Decoding a picture costs more than other requests. */
const uploadsPerMinute = 30

const Form = Exactly({ file: Type.String({ format: 'binary', description: 'JPEG, PNG or WebP, at most 5 MiB' }) })

/** The caller's picture. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['users']
  const security = [{ bearer: [] }]

  app.put(
    '/',
    {
      onRequest: app.authenticateAccount,
      config: { takesFile: true, rateLimit: stricterLimit(uploadsPerMinute, app.config) },
      // The form is read as a stream. Its schema is for the documentation only.
      validatorCompiler: () => () => true,
      schema: {
        tags,
        security,
        operationId: 'putMyAvatar',
        summary: 'Set your picture: its middle is kept as a square, without metadata',
        consumes: ['multipart/form-data'],
        body: Form,
        response: {
          200: User,
          ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA')
        }
      }
    },
    async request => await app.avatars.replace(callerOf(request).userId, await readUpload(request, maxBytes))
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
