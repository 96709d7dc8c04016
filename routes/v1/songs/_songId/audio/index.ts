import { Readable } from 'node:stream'
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ErrorAnswer, errorAnswers } from '../../../../../contract/error-answer.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { parseRange } from '../../../../../plugins/app/songs/byte-range.ts'

const Audio = Type.Unsafe<Readable>(Type.String({ format: 'binary', description: 'Ogg Opus' }))
const audioAnswer = (description: string) => ({ description, content: { 'audio/ogg': { schema: Audio } } })
const AudioQuery = Exactly({
  ticket: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: "The ticket in the song's audioUrl, instead of an access token"
    })
  )
})
/** Number of ranges that a player requests for one song. */
const rangesPerSong = 20

/** The audio of a song, for its owner. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      onRequest: app.recognize,
      config: { rateLimit: { max: app.config.LIMIT_REST_PER_MINUTE * rangesPerSong } },
      schema: {
        tags: ['songs'],
        operationId: 'getSongAudio',
        summary:
          'The audio of a song or a range of it, for its owner: with an access token, or with the ticket in audioUrl',
        params: Exactly({ songId: Id }),
        querystring: AudioQuery,
        response: {
          200: audioAnswer('The whole song'),
          206: audioAnswer('The requested range'),
          304: Type.Null({ description: 'The version of the client is current' }),
          416: ErrorAnswer,
          ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND')
        }
      }
    },
    async ({ method, params: { songId }, query: { ticket }, headers, caller }, reply) => {
      const { sizeBytes, etag } = await app.songs.getAudioInfo(songId, { userId: caller?.userId ?? null, ticket })
      // Sends a range only if the client's other ranges are of the same file, see
      // https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5
      const ifRange = headers['if-range']
      const range = parseRange(ifRange === undefined || ifRange === etag ? headers.range : undefined, sizeBytes)
      reply.headers({
        'accept-ranges': 'bytes',
        'cache-control': 'private, max-age=300',
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
            message: `The song has ${sizeBytes} bytes.`
          })
      }
      const { first, last } = range === 'whole' ? { first: 0, last: sizeBytes - 1 } : range
      if (range !== 'whole') reply.code(206).header('content-range', `bytes ${first}-${last}/${sizeBytes}`)
      reply.type('audio/ogg').header('content-length', last - first + 1)
      // A HEAD request gets no body, so the storage is not read.
      return await reply.send(
        method === 'HEAD' ? Readable.from([]) : await app.songs.getAudioBytes(songId, { first, last })
      )
    }
  )
}

/** Whether the client has the current version: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2 */
function hasCurrentVersion(ifNoneMatch: string | undefined, etag: string): boolean {
  const etags = (ifNoneMatch ?? '').split(',').map(tag => tag.trim().replace(/^W\//, ''))
  return etags.includes(etag) || etags.includes('*')
}

export default routes
