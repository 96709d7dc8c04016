import type { Readable } from 'node:stream'
import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'

const Picture = Type.Unsafe<Readable>(Type.String({ format: 'binary', description: 'WebP, 512 × 512' }))
/** Number of pictures on one page of people or songs. */
const picturesPerRequest = 20

/** Response schema of the routes that serve pictures. */
export const pictureAnswer = { description: 'The picture', content: { 'image/webp': { schema: Picture } } }

/** Returns the rate limit of pictures, which is higher than that of other requests. */
export function pictureRateLimit(maxRequestsPerMinute: number) {
  return { rateLimit: { max: maxRequestsPerMinute * picturesPerRequest } }
}

/**
 * Sets the headers of a public picture. A new picture gets a new URL, so clients may cache it forever. Apps and pages
 * of other origins may show it.
 */
export function withPictureHeaders(reply: FastifyReply, sizeBytes: number): FastifyReply {
  return reply
    .type('image/webp')
    .header('content-length', sizeBytes)
    .header('cache-control', 'public, max-age=31536000, immutable')
    .header('cross-origin-resource-policy', 'cross-origin')
}
