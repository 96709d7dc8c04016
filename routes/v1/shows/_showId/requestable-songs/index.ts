import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Page } from '../../../../../contract/paging.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { RequestableSong, RequestableSongsQuery } from '../../../../../contract/song-requests.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'

/** Songs that the listeners of a live show may request. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      onRequest: app.authenticate,
      schema: {
        tags: ['shows'],
        security: [{ bearer: [] }],
        operationId: 'listRequestableSongs',
        summary:
          'The songs of the creator that may be requested in a live show, newest first. For those in the show, while its ' +
          'setting `songRequests` is open',
        params: Exactly({ showId: Id }),
        querystring: RequestableSongsQuery,
        response: {
          200: Page(RequestableSong),
          ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'NOT_IN_SHOW', 'SHOW_NOT_LIVE', 'SHOW_ENDED')
        }
      }
    },
    async request => await app.requestableSongs.page(request.params.showId, callerOf(request).userId, request.query)
  )
}

export default routes
