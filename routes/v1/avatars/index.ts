import type { Readable } from 'node:stream'
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../contract/error-answer.ts'
import { Exactly } from '../../../contract/primitives.ts'
import { avatarKeyPattern } from '../../../plugins/app/avatars.ts'

const Picture = Type.Unsafe<Readable>(Type.String({ format: 'binary', description: 'WebP, 512 × 512' }))
/** A page of people asks for as many pictures. */
const picturesPerRequest = 20

/** People's pictures, for everybody: their URLs are part of what is shown of people. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get('/:key', {
    config: { rateLimit: { max: app.config.LIMIT_REST_PER_MINUTE * picturesPerRequest } },
    schema: {
      tags: ['users'],
      operationId: 'getAvatar',
      summary: 'A picture, by the last part of an avatarUrl',
      params: Exactly({ key: Type.String({ pattern: avatarKeyPattern }) }),
      response: { 200: { description: 'The picture', content: { 'image/webp': { schema: Picture } } }, ...errorAnswers('NOT_FOUND') }
    }
  }, async ({ params: { key } }, reply) => {
    const { sizeBytes, stream } = await app.avatars.read(key)
    return await reply
      .type('image/webp')
      .header('content-length', sizeBytes)
      // Another picture has another key. Apps and pages of other origins show it too.
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('cross-origin-resource-policy', 'cross-origin')
      .send(stream)
  })
}

export default routes
