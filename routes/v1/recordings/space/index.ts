import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../contract/error-answer.ts'
import { RecordingSpace } from '../../../../contract/recordings.ts'
import { callerOf } from '../../../../plugins/app/identity/authenticate.ts'

/** The space for the recordings of the caller's shows. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      onRequest: app.authenticateAccount,
      schema: {
        tags: ['recordings'],
        security: [{ bearer: [] }],
        operationId: 'getRecordingSpace',
        summary: "The space that the recordings of the caller's shows use, and its limit",
        response: { 200: RecordingSpace, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async request => await app.recordings.getSpace(callerOf(request).userId)
  )
}

export default routes
