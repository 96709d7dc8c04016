import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Page } from '../../../../../contract/paging.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { Transcript, TranscriptQuery, TranscriptSegment } from '../../../../../contract/transcripts.ts'
import { maxTranscriptRequestsPerMinute } from '../../../../../plugins/app/transcripts/transcripts.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'
import { stricterLimit } from '../../../../../plugins/external/rate-limit/stricter-limit.ts'

const params = Exactly({ showId: Id })

/** The transcript of a recorded show. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['shows']

  app.get(
    '/',
    {
      onRequest: app.recognize,
      schema: {
        tags,
        operationId: 'getTranscript',
        summary:
          'The transcript of a show: its state, language and topics, and who talked how much. For hosts, and listeners of its replay',
        params,
        response: { 200: Transcript, ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND') }
      }
    },
    async ({ params, caller }, reply) => {
      reply.header('cache-control', 'no-store')
      return await app.transcripts.get(params.showId, caller?.userId ?? null)
    }
  )

  app.get(
    '/segments',
    {
      onRequest: app.recognize,
      schema: {
        tags,
        operationId: 'listTranscriptSegments',
        summary: 'What was said in a show, by time: all of it, or the sentences with all words of a search',
        params,
        querystring: TranscriptQuery,
        response: { 200: Page(TranscriptSegment), ...errorAnswers('VALIDATION', 'UNAUTHENTICATED', 'NOT_FOUND') }
      }
    },
    async ({ params, query, caller }, reply) => {
      reply.header('cache-control', 'no-store')
      return await app.transcripts.listSegments(params.showId, caller?.userId ?? null, query)
    }
  )

  app.post(
    '/',
    {
      onRequest: app.authenticateAccount,
      config: { rateLimit: stricterLimit(maxTranscriptRequestsPerMinute, app.config) },
      schema: {
        tags,
        security: [{ bearer: [] }],
        operationId: 'requestTranscript',
        summary: 'Transcribe a recorded show, or again what was refused. For its creator and co-hosts',
        params,
        response: { 200: Transcript, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT') }
      }
    },
    async request => await app.transcripts.request(request.params.showId, callerOf(request).userId)
  )
}

export default routes
