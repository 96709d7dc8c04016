import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ActiveAnnouncements } from '../../../contract/announcements.ts'
import { errorAnswers } from '../../../contract/error-answer.ts'

/** Announcements of the operators, for clients without a socket. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      schema: {
        tags: ['operation'],
        operationId: 'listAnnouncements',
        summary: 'The active announcements of the operators, newest first. Sockets get them as `announcement`',
        response: { 200: ActiveAnnouncements, ...errorAnswers() }
      }
    },
    async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=10')
      const active = await app.announcementBoard.current()
      return {
        items: active.toReversed().map(({ id, text, until }) => ({ id, text, until: new Date(until).toISOString() })),
        at: new Date().toISOString()
      }
    }
  )
}

export default routes
