import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { Show } from '../../../../../contract/shows.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'
import { stricterLimit } from '../../../../../plugins/external/rate-limit/stricter-limit.ts'
import { pictureForm, pictureUploadsPerMinute, readPicture, uncheckedForm } from '../../../picture-form.ts'

/** The picture of a show: before, while and after it is live. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['shows']
  const security = [{ bearer: [] }]
  const params = Exactly({ showId: Id })
  // The log of a live show has each cover that it ever had.
  const perMinute = Math.min(pictureUploadsPerMinute, app.config.LIMIT_EDITS_PER_MINUTE)
  const rateLimit = stricterLimit(perMinute, app.config)

  app.put(
    '/',
    {
      onRequest: app.authenticateAccount,
      config: { takesFile: true, rateLimit },
      validatorCompiler: uncheckedForm,
      schema: {
        tags,
        security,
        operationId: 'putShowCover',
        summary:
          'Set the picture of your show: its middle is kept as a square, without metadata. ' +
          'The cover of a planned show that repeats is also that of its later dates',
        params,
        ...pictureForm,
        response: {
          200: Show,
          ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA')
        }
      }
    },
    async request =>
      await app.showCovers.replace(
        request.params.showId,
        callerOf(request).userId,
        async () => await readPicture(request)
      )
  )

  app.delete(
    '/',
    {
      onRequest: app.authenticateAccount,
      config: { rateLimit },
      schema: {
        tags,
        security,
        operationId: 'deleteShowCover',
        summary: 'Remove the picture of your show',
        params,
        response: { 200: Show, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND') }
      }
    },
    async request => await app.showCovers.remove(request.params.showId, callerOf(request).userId)
  )
}

export default routes
