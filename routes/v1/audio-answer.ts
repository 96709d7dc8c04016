import { Readable } from 'node:stream'
import { Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ErrorAnswer } from '../../contract/error-answer.ts'
import { Exactly } from '../../contract/primitives.ts'
import type { FileRequester } from '../../plugins/app/identity/audio-tickets.ts'
import { parseRange } from '../../plugins/app/songs/byte-range.ts'
import type { ByteRange } from '../../plugins/external/storage/object-storage.ts'

/** An audio file as a route serves it. */
export interface ServedAudio {
  mediaType: string
  sizeBytes: number
  /** With its quotation marks. */
  etag: string
  cacheControl: string
  /** Returns the bytes of a range that lies within the file. */
  read(range: ByteRange): Promise<Readable>
}

/** Number of ranges that a player requests for one file. */
const rangesPerFile = 20

/** Returns the rate limit of audio, which is higher than that of other requests. */
export function audioRateLimit(maxRequestsPerMinute: number) {
  return { rateLimit: { max: maxRequestsPerMinute * rangesPerFile } }
}

/** Returns the schema of the query of a file that may be requested with a ticket. */
export function ticketQuery(description: string) {
  return Exactly({ ticket: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description })) })
}

/** Returns the requester of a file: the caller, and the ticket of the query. */
export function requesterOf({
  caller,
  query
}: Pick<FastifyRequest, 'caller'> & { query: { ticket?: string } }): FileRequester {
  return { userId: caller?.userId ?? null, ticket: query.ticket }
}

/** Returns the response schemas of a route that serves audio with ranges. */
export function audioAnswers(mediaType: string, description: string) {
  const Audio = Type.Unsafe<Readable>(Type.String({ format: 'binary', description }))
  const answer = (part: string) => ({ description: part, content: { [mediaType]: { schema: Audio } } })
  return {
    200: answer('The whole file'),
    206: answer('The requested range'),
    304: Type.Null({ description: 'The version of the client is current' }),
    416: ErrorAnswer
  }
}

/** Answers GET and HEAD requests for audio: the whole file or a range, unless the client has the current version. */
export async function sendAudio(request: FastifyRequest, reply: FastifyReply, audio: ServedAudio): Promise<void> {
  const { method, headers } = request
  const { mediaType, sizeBytes, etag, cacheControl } = audio
  // Sends a range only if the client's other ranges are of the same file, see
  // https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5
  const ifRange = headers['if-range']
  const range = parseRange(ifRange === undefined || ifRange === etag ? headers.range : undefined, sizeBytes)
  reply.headers({
    'accept-ranges': 'bytes',
    'cache-control': cacheControl,
    etag,
    vary: [reply.getHeader('vary'), 'authorization'].filter(Boolean).join(', ')
  })
  if (hasCurrentVersion(headers['if-none-match'], etag)) return await reply.code(304).send(null)
  if (range === 'unsatisfiable') {
    return await reply
      .code(416)
      .header('content-range', `bytes */${sizeBytes}`)
      .send({
        statusCode: 416,
        code: 'VALIDATION',
        error: 'Range Not Satisfiable',
        message: `The file has ${sizeBytes} bytes.`
      })
  }
  const { first, last } = range === 'whole' ? { first: 0, last: sizeBytes - 1 } : range
  if (range !== 'whole') reply.code(206).header('content-range', `bytes ${first}-${last}/${sizeBytes}`)
  reply.type(mediaType).header('content-length', last - first + 1)
  // A HEAD request gets no body, so the storage is not read.
  return await reply.send(method === 'HEAD' ? Readable.from([]) : await audio.read({ first, last }))
}

/** Whether the client has the current version: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2 */
export function hasCurrentVersion(ifNoneMatch: string | undefined, etag: string): boolean {
  const etags = (ifNoneMatch ?? '').split(',').map(tag => tag.trim().replace(/^W\//, ''))
  return etags.includes(etag) || etags.includes('*')
}
