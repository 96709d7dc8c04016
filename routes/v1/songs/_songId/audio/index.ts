import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { audioAnswers, audioRateLimit, requesterOf, sendAudio, ticketQuery } from '../../../audio-answer.ts'

/** The audio of a song, for its owner. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      onRequest: app.recognize,
      config: audioRateLimit(app.config.LIMIT_REST_PER_MINUTE),
      schema: {
        tags: ['songs'],
        operationId: 'getSongAudio',
        summary:
          'The audio of a song or a range of it, for its owner: with an access token, or with the ticket in audioUrl',
        params: Exactly({ songId: Id }),
        querystring: ticketQuery("The ticket in the song's audioUrl, instead of an access token"),
        response: { ...audioAnswers('audio/ogg', 'Ogg Opus'), ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND') }
      }
    },
    async (request, reply) => {
      const { songId } = request.params
      const { sizeBytes, etag } = await app.songs.getAudioInfo(songId, requesterOf(request))
      return await sendAudio(request, reply, {
        mediaType: 'audio/ogg',
        sizeBytes,
        etag,
        cacheControl: 'private, max-age=300',
        read: async range => await app.songs.getAudioBytes(songId, range)
      })
    }
  )
}

export default routes
