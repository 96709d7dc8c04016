import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../contract/error-answer.ts'
import { Exactly } from '../../../contract/primitives.ts'
import { artworkAddressPattern } from '../../../plugins/app/songs/document.ts'
import { limitedForPictures, pictureAnswer, withPicture } from '../picture-answer.ts'

/** Pictures of songs, for everybody: their addresses are part of playlists. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/:key',
    {
      config: limitedForPictures(app),
      schema: {
        tags: ['songs'],
        operationId: 'getArtwork',
        summary: 'The picture of a song, by the last part of an artworkUrl',
        params: Exactly({
          key: Type.String({
            pattern: artworkAddressPattern,
            description: 'What stands behind the last slash',
            examples: ['V1StGXR8_Z5j.k3Jd82mPq0XzLw9s']
          })
        }),
        response: { 200: pictureAnswer, ...errorAnswers('NOT_FOUND') }
      }
    },
    async ({ params: { key } }, reply) => {
      const { sizeBytes, stream } = await app.songs.artwork(key)
      return await withPicture(reply, sizeBytes).send(stream)
    }
  )
}

export default routes
