import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { hasCurrentVersion } from '../../../audio-answer.ts'

const Rss = { description: 'RSS 2.0', content: { 'application/rss+xml': { schema: Type.String() } } }

/** The podcast feed of a creator. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '.xml',
    {
      schema: {
        tags: ['replays'],
        operationId: 'getFeed',
        summary: 'The published replays of the public shows of a creator, as a podcast feed (RSS 2.0)',
        params: Exactly({ userId: Id }),
        response: {
          200: Rss,
          304: Type.Null({ description: 'The version of the client is current' }),
          ...errorAnswers('NOT_FOUND')
        }
      }
    },
    async ({ params: { userId }, headers }, reply) => {
      const { xml, etag, modifiedAt } = await app.replays.feeds.get(userId)
      reply.headers({ etag, 'last-modified': modifiedAt.toUTCString(), 'cache-control': 'public, max-age=300' })
      if (hasCurrentVersion(headers['if-none-match'], etag)) return await reply.code(304).send(null)
      return await reply.type('application/rss+xml; charset=utf-8').send(xml)
    }
  )
}

export default routes
