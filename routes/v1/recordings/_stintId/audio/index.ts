import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { audioAnswers, audioRateLimit, requesterOf, sendAudio, ticketQuery } from '../../../audio-answer.ts'

/** The audio of a recorded stint, for its speaker. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      onRequest: app.recognize,
      config: audioRateLimit(app.config.LIMIT_REST_PER_MINUTE),
      schema: {
        tags: ['recordings'],
        operationId: 'getRecordedAudio',
        summary:
          'The audio of a recorded stint or a range of it, for its speaker: with an access token, or with the ticket ' +
          'in audioUrl',
        params: Exactly({ stintId: Id }),
        querystring: ticketQuery("The ticket in the stint's audioUrl, instead of an access token"),
        response: { ...audioAnswers('audio/ogg', 'Ogg Opus'), ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND') }
      }
    },
    async (request, reply) => {
      return await sendAudio(request, reply, {
        ...(await app.recordings.ownVoice.getAudio(request.params.stintId, requesterOf(request))),
        mediaType: 'audio/ogg',
        cacheControl: 'private, max-age=300'
      })
    }
  )
}

export default routes
