import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { audioAnswers, sendAudio } from '../../../audio-answer.ts'

const AudioQuery = Exactly({
  ticket: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: "The ticket in the stint's audioUrl, instead of an access token"
    })
  )
})
/** Number of ranges that a player requests for one stint. */
const rangesPerStint = 20

/** The audio of a recorded stint, for its speaker. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      onRequest: app.recognize,
      config: { rateLimit: { max: app.config.LIMIT_REST_PER_MINUTE * rangesPerStint } },
      schema: {
        tags: ['recordings'],
        operationId: 'getRecordedAudio',
        summary:
          'The audio of a recorded stint or a range of it, for its speaker: with an access token, or with the ticket ' +
          'in audioUrl',
        params: Exactly({ stintId: Id }),
        querystring: AudioQuery,
        response: { ...audioAnswers('audio/ogg', 'Ogg Opus'), ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND') }
      }
    },
    async (request, reply) => {
      const requester = { userId: request.caller?.userId ?? null, ticket: request.query.ticket }
      return await sendAudio(request, reply, {
        ...(await app.recordings.ownVoice.getAudio(request.params.stintId, requester)),
        mediaType: 'audio/ogg',
        cacheControl: 'private, max-age=300'
      })
    }
  )
}

export default routes
