import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../contract/error-answer.ts'
import { Exactly } from '../../../contract/primitives.ts'
import { pictureKeyPattern } from '../../../plugins/app/people/owned-pictures.ts'
import { coverSidePx } from '../../../plugins/app/shows/covers.ts'
import { pictureAnswerOf, pictureRateLimit, withPictureHeaders } from '../picture-answer.ts'

/** Pictures of shows, for everybody with the URL: only people who may see a show learn the URL of its picture. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/:key',
    {
      config: pictureRateLimit(app.config.LIMIT_REST_PER_MINUTE),
      schema: {
        tags: ['shows'],
        operationId: 'getCover',
        summary: 'The picture of a show, by the last segment of a coverUrl',
        params: Exactly({
          key: Type.String({
            pattern: pictureKeyPattern,
            description: 'The last segment of the URL',
            examples: ['V1StGXR8_Z5j.k3Jd82mPq0XzLw9s']
          })
        }),
        response: { 200: pictureAnswerOf(coverSidePx), ...errorAnswers('NOT_FOUND') }
      }
    },
    async ({ params: { key } }, reply) => {
      const { sizeBytes, stream } = await app.showCovers.read(key)
      return await withPictureHeaders(reply, sizeBytes).send(stream)
    }
  )
}

export default routes
