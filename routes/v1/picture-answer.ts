import type { Readable } from 'node:stream'
import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'

/** Number of pictures on one page of people or songs. */
const picturesPerRequest = 20

/** Returns the response schema of a route that serves pictures. */
export function pictureAnswerOf(sidePx: number) {
  const description = `WebP, ${sidePx} × ${sidePx}`
  const schema = Type.Unsafe<Readable>(Type.String({ format: 'binary', description }))
  return { description: 'The picture', content: { 'image/webp': { schema } } }
}

/** Response schema of the routes that serve the pictures of people and songs. */
export const pictureAnswer = pictureAnswerOf(512)

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
