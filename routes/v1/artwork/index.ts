import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../contract/error-answer.ts'
import { Exactly } from '../../../contract/primitives.ts'
import { artworkAddressPattern } from '../../../plugins/app/songs/document.ts'
import { pictureAnswer, pictureRateLimit, withPictureHeaders } from '../picture-answer.ts'

/** Pictures of songs. They are public, because playlists contain their URLs. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/:key',
    {
      config: pictureRateLimit(app.config.LIMIT_REST_PER_MINUTE),
      schema: {
        tags: ['songs'],
        operationId: 'getArtwork',
        summary: 'The picture of a song, by the last segment of an artworkUrl',
        params: Exactly({
          key: Type.String({
            pattern: artworkAddressPattern,
            description: 'The last segment of the URL',
            examples: ['V1StGXR8_Z5j.k3Jd82mPq0XzLw9s']
          })
        }),
        response: { 200: pictureAnswer, ...errorAnswers('NOT_FOUND') }
      }
    },
    async ({ params: { key } }, reply) => {
      const { sizeBytes, stream } = await app.songs.getArtwork(key)
      return await withPictureHeaders(reply, sizeBytes).send(stream)
    }
  )
}

export default routes
