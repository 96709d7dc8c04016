import type { Readable } from 'node:stream'
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../contract/error-answer.ts'
import { Exactly } from '../../../contract/primitives.ts'
import { artworkAddressPattern } from '../../../plugins/app/songs/document.ts'

const Picture = Type.Unsafe<Readable>(Type.String({ format: 'binary', description: 'WebP, 512 × 512' }))
/** A page of songs asks for as many pictures. */
const picturesPerRequest = 20

/** Pictures of songs, for everybody: their addresses are part of playlists. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get('/:key', {
    config: { rateLimit: { max: app.config.LIMIT_REST_PER_MINUTE * picturesPerRequest } },
    schema: {
      tags: ['songs'],
      operationId: 'getArtwork',
      summary: 'The picture of a song, by the last part of an artworkUrl',
      params: Exactly({ key: Type.String({ pattern: artworkAddressPattern }) }),
      response: { 200: { description: 'The picture', content: { 'image/webp': { schema: Picture } } }, ...errorAnswers('NOT_FOUND') }
    }
  }, async ({ params: { key } }, reply) => {
    const { sizeBytes, stream } = await app.songs.artwork(key)
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
