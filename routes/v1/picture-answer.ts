import type { Readable } from 'node:stream'
import { Type } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply } from 'fastify'

const Picture = Type.Unsafe<Readable>(Type.String({ format: 'binary', description: 'WebP, 512 × 512' }))
/** A page of people or songs asks for as many pictures. */
const picturesPerRequest = 20

/** What a route answers that gives out pictures. */
export const pictureAnswer = { description: 'The picture', content: { 'image/webp': { schema: Picture } } }

/** Pictures may be asked for more often than anything else. */
export function limitedForPictures({ config }: FastifyInstance) {
  return { rateLimit: { max: config.LIMIT_REST_PER_MINUTE * picturesPerRequest } }
}

/** The head of an answer that is a picture for everybody. Another picture has another key, so it may be kept; apps and pages of other origins show it too. */
export function withPicture(reply: FastifyReply, sizeBytes: number): FastifyReply {
  return reply
    .type('image/webp')
    .header('content-length', sizeBytes)
    .header('cache-control', 'public, max-age=31536000, immutable')
    .header('cross-origin-resource-policy', 'cross-origin')
}
