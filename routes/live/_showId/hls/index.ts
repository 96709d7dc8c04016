import { createHash } from 'node:crypto'
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { errorAnswers } from '../../../../contract/error-answer.ts'
import { CodedError } from '../../../../contract/errors.ts'
import { Exactly, Id } from '../../../../contract/primitives.ts'
import { clientNetwork } from '../../../../plugins/external/rate-limit/client-network.ts'
import { withOpenHeaders } from '../../../open-headers.ts'

const playlistType = 'application/vnd.apple.mpegurl'
const segmentType = 'audio/mp4'
/** Parts never change, but leave caches soon after the show may not be streamed any more. */
const segmentCaching = 'public, max-age=60, immutable'
const binary = (description: string, type: string) => ({
  description,
  content: { [type]: { schema: Type.String({ format: 'binary' }) } }
})
const Position = (description: string) => Type.Integer({ minimum: 0, maximum: 2 ** 40, description })

const SegmentName = Type.String({
  pattern: '^[a-z0-9-]+\\.(mp4|m4s)$',
  maxLength: 60,
  description: 'A name from the playlist',
  examples: ['m2x4k1-890123456-0.m4s']
})

/** A live show as Low-Latency HLS, for Apple devices and for caches. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const params = Exactly({ showId: Id })
  const errors = errorAnswers('NOT_FOUND', 'UNAVAILABLE')
  // A player asks for a playlist and a part twice a second. Nothing of it asks the store.
  const config = { rateLimit: { max: 300 * app.config.LIMIT_STREAM_LISTENERS_PER_ADDRESS } }

  function withPlaylist(reply: FastifyReply): FastifyReply {
    return withOpenHeaders(reply, 'public, max-age=1').type(playlistType)
  }

  app.get(
    '/index.m3u8',
    {
      schema: {
        tags: ['streams'],
        operationId: 'getProgramHls',
        summary: 'A live show as HLS: the multivariant playlist',
        params,
        response: { 200: binary('A playlist', playlistType), ...errors }
      }
    },
    async ({ params: { showId }, method }, reply) => {
      if (method === 'HEAD') {
        await app.livePrograms.assertOn(showId)
        return await withPlaylist(reply).send()
      }
      return await withPlaylist(reply).send((await app.livePrograms.openHls(showId)).multivariant())
    }
  )

  app.get(
    '/audio.m3u8',
    {
      config,
      schema: {
        tags: ['streams'],
        operationId: 'getProgramHlsPlaylist',
        summary: 'A live show as HLS: the media playlist, as soon as it has the asked part',
        params,
        querystring: Type.Object({
          _HLS_msn: Type.Optional(Position('Number of a segment to wait for')),
          _HLS_part: Type.Optional(Position('Number of a part of it to wait for'))
        }),
        response: { 200: binary('A playlist', playlistType), ...errors }
      }
    },
    async (request, reply) => {
      const { _HLS_msn: segment, _HLS_part: part } = request.query
      if (segment === undefined && part !== undefined) throw invalid('_HLS_part needs _HLS_msn.')
      const hls = app.livePrograms.getHls(request.params.showId)
      hls.heard(listenerOf(request))
      const answer = await hls.reload(segment === undefined ? undefined : { segment, part })
      if ('playlist' in answer) return await withPlaylist(reply).send(answer.playlist)
      if (answer.refusal === 'tooFar') throw invalid('This segment is far in the future.')
      throw new CodedError('UNAVAILABLE', 'The stream does not go on at the moment.', { retryAfterMs: 1000 })
    }
  )

  app.get(
    '/:name',
    {
      config,
      schema: {
        tags: ['streams'],
        operationId: 'getProgramHlsSegment',
        summary: 'A live show as HLS: a segment, a part, or the head that they need',
        params: Exactly({ showId: Id, name: SegmentName }),
        response: { 200: binary('Fragmented MP4 with AAC', segmentType), ...errors }
      }
    },
    async ({ params: { showId, name } }, reply) => {
      const bytes = await app.livePrograms.getHls(showId).read(name)
      if (!bytes) throw new CodedError('NOT_FOUND', 'There is no such segment.')
      return await withOpenHeaders(reply, segmentCaching).type(segmentType).send(bytes)
    }
  )
}

export default routes

function invalid(message: string): CodedError {
  return new CodedError('VALIDATION', message)
}

/** Tells listeners apart without keeping their addresses. */
function listenerOf(request: FastifyRequest): string {
  const text = `${clientNetwork(request)} ${request.headers['user-agent'] ?? ''}`
  return createHash('sha256').update(text).digest('base64url').slice(0, 16)
}
