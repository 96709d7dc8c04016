import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../contract/error-answer.ts'
import { Exactly } from '../../../contract/primitives.ts'
import { avatarKeyPattern } from '../../../plugins/app/people/avatars.ts'
import { limitedForPictures, pictureAnswer, withPicture } from '../picture-answer.ts'

/** People's pictures, for everybody: their URLs are part of what is shown of people. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/:key',
    {
      config: limitedForPictures(app),
      schema: {
        tags: ['users'],
        operationId: 'getAvatar',
        summary: 'A picture, by the last part of an avatarUrl',
        params: Exactly({
          key: Type.String({
            pattern: avatarKeyPattern,
            description: 'What stands behind the last slash',
            examples: ['V1StGXR8_Z5j.k3Jd82mPq0XzLw9s']
          })
        }),
        response: { 200: pictureAnswer, ...errorAnswers('NOT_FOUND') }
      }
    },
    async ({ params: { key } }, reply) => {
      const { sizeBytes, stream } = await app.avatars.read(key)
      return await withPicture(reply, sizeBytes).send(stream)
    }
  )
}

export default routes
