import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { errorAnswers } from '../../contract/error-answer.ts'
import { Exactly, Id } from '../../contract/primitives.ts'
import { clientNetwork } from '../../plugins/external/rate-limit/client-network.ts'
import { withOpenHeaders } from '../open-headers.ts'
import { openSink } from './reply-sink.ts'

const streams = [
  { format: 'mp3', type: 'audio/mpeg', operationId: 'getProgramMp3', summary: 'A live show as an MP3 stream' },
  { format: 'aac', type: 'audio/aac', operationId: 'getProgramAac', summary: 'A live show as an AAC stream (ADTS)' },
  { format: 'opus', type: 'audio/ogg', operationId: 'getProgramOpus', summary: 'A live show as an Ogg Opus stream' }
] as const

/** Titles are spliced into these formats for players that ask; Ogg has no place for them. */
const withTitles: ReadonlySet<string> = new Set(['mp3', 'aac'])
const kbps = { mp3: '128', aac: '128', opus: '96' } as const

/** Live shows for any player: streams without an end. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const params = Exactly({ showId: Id })

  for (const { format, type, operationId, summary } of streams) {
    const path = `/:showId.${format}` as const
    const errors = errorAnswers('NOT_FOUND', 'RATE_LIMITED', 'UNAVAILABLE')
    const wantsTitles = ({ headers }: FastifyRequest) => withTitles.has(format) && headers['icy-metadata'] === '1'

    function setHeaders(request: FastifyRequest, reply: FastifyReply): void {
      withOpenHeaders(reply, 'no-store').header('content-type', type).header('icy-br', kbps[format])
      if (wantsTitles(request)) reply.header('icy-metaint', String(app.livePrograms.icyInterval))
    }

    app.head(path, { schema: { hide: true, params } }, async (request, reply) => {
      await app.livePrograms.assertOn(request.params.showId)
      setHeaders(request, reply)
      return await reply.send()
    })

    app.get(
      path,
      {
        exposeHeadRoute: false,
        schema: {
          tags: ['streams'],
          operationId,
          summary: `${summary}, for radio apps and smart speakers; with \`Icy-MetaData: 1\` it contains titles`,
          params,
          response: {
            200: {
              description: 'A stream without an end',
              content: { [type]: { schema: Type.String({ format: 'binary' }) } }
            },
            ...errors
          }
        }
      },
      async (request, reply) => {
        const seat = await app.livePrograms.join(request.params.showId, clientNetwork(request))
        if (request.raw.destroyed) return seat.leave()
        setHeaders(request, reply)
        seat.listen(format, openSink(reply, seat.leave), wantsTitles(request))
      }
    )
  }
}

export default routes
