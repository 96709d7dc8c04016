import { Readable } from 'node:stream'
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ErrorAnswer, errorAnswers } from '../../../../../contract/error-answer.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { askedRange } from '../../../../../plugins/app/songs/byte-range.ts'

const Audio = Type.Unsafe<Readable>(Type.String({ format: 'binary', description: 'Ogg Opus' }))
const audioAnswer = (description: string) => ({ description, content: { 'audio/ogg': { schema: Audio } } })
const AudioQuery = Exactly({
  ticket: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: "From the song's audioUrl, in place of an access token" })
  )
})
/** A player asks for a song part by part. */
const partsPerRequest = 20

/** A song's bytes, for its owner. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      preValidation: app.recognize,
      config: { rateLimit: { max: app.config.LIMIT_REST_PER_MINUTE * partsPerRequest } },
      schema: {
        tags: ['songs'],
        operationId: 'getSongAudio',
        summary:
          'The sound of a song, or part of it by Range, to its owner: by access token, or by the ticket in audioUrl',
        params: Exactly({ songId: Id }),
        querystring: AudioQuery,
        response: {
          200: audioAnswer('All of it'),
          206: audioAnswer('The part that was asked for'),
          304: Type.Null({ description: 'What the client has is right' }),
          416: ErrorAnswer,
          ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND')
        }
      }
    },
    async ({ method, params: { songId }, query: { ticket }, headers, caller }, reply) => {
      const { sizeBytes, etag } = await app.songs.about(songId, { userId: caller?.userId ?? null, ticket })
      // A part of what the client has a part of already, and of nothing else: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5
      const ifRange = headers['if-range']
      const asked = askedRange(ifRange === undefined || ifRange === etag ? headers.range : undefined, sizeBytes)
      reply.headers({
        'accept-ranges': 'bytes',
        'cache-control': 'private, max-age=300',
        etag,
        vary: [reply.getHeader('vary'), 'authorization'].filter(Boolean).join(', ')
      })
      if (isKnown(headers['if-none-match'], etag)) return await reply.code(304).send(null)
      if (asked === 'unsatisfiable') {
        return await reply
          .code(416)
          .header('content-range', `bytes */${sizeBytes}`)
          .send({
            statusCode: 416,
            code: 'VALIDATION',
            error: 'Range Not Satisfiable',
            message: `The song has ${sizeBytes} bytes.`
          })
      }
      const { first, last } = asked === 'whole' ? { first: 0, last: sizeBytes - 1 } : asked
      if (asked !== 'whole') reply.code(206).header('content-range', `bytes ${first}-${last}/${sizeBytes}`)
      reply.type('audio/ogg').header('content-length', last - first + 1)
      // Of an answer without a body nothing is read.
      return await reply.send(method === 'HEAD' ? Readable.from([]) : await app.songs.bytes(songId, { first, last }))
    }
  )
}

/** Whether a client has the song already: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2 */
function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const known = (ifNoneMatch ?? '').split(',').map(tag => tag.trim().replace(/^W\//, ''))
  return known.includes(etag) || known.includes('*')
}

export default routes
