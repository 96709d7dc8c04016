import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../contract/error-answer.ts'
import { Exactly } from '../../../contract/primitives.ts'
import { pictureKeyPattern } from '../../../plugins/app/people/owned-pictures.ts'
import { pictureAnswer, pictureRateLimit, withPictureHeaders } from '../picture-answer.ts'

/** Profile pictures. They are public, because public profiles contain their URLs. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/:key',
    {
      config: pictureRateLimit(app.config.LIMIT_REST_PER_MINUTE),
      schema: {
        tags: ['users'],
        operationId: 'getAvatar',
        summary: 'A profile picture, by the last segment of an avatarUrl',
        params: Exactly({
          key: Type.String({
            pattern: pictureKeyPattern,
            description: 'The last segment of the URL',
            examples: ['V1StGXR8_Z5j.k3Jd82mPq0XzLw9s']
          })
        }),
        response: { 200: pictureAnswer, ...errorAnswers('NOT_FOUND') }
      }
    },
    async ({ params: { key } }, reply) => {
      const { sizeBytes, stream } = await app.avatars.read(key)
      return await withPictureHeaders(reply, sizeBytes).send(stream)
    }
  )
}

export default routes
