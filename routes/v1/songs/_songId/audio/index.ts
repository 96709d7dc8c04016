import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { audioAnswers, sendAudio } from '../../../audio-answer.ts'

const AudioQuery = Exactly({
  ticket: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: "The ticket in the song's audioUrl, instead of an access token"
    })
  )
})
/** Number of ranges that a player requests for one song. */
const rangesPerSong = 20

/** The audio of a song, for its owner. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      onRequest: app.recognize,
      config: { rateLimit: { max: app.config.LIMIT_REST_PER_MINUTE * rangesPerSong } },
      schema: {
        tags: ['songs'],
        operationId: 'getSongAudio',
        summary:
          'The audio of a song or a range of it, for its owner: with an access token, or with the ticket in audioUrl',
        params: Exactly({ songId: Id }),
        querystring: AudioQuery,
        response: { ...audioAnswers('audio/ogg', 'Ogg Opus'), ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND') }
      }
    },
    async (request, reply) => {
      const { songId } = request.params
      const requester = { userId: request.caller?.userId ?? null, ticket: request.query.ticket }
      const { sizeBytes, etag } = await app.songs.getAudioInfo(songId, requester)
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
