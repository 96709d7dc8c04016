import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { PageQuery } from '../../../../../contract/paging.ts'
import { PeopleHere } from '../../../../../contract/people-here.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'

/** People in a live show, as the others in it see them. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      onRequest: app.authenticate,
      schema: {
        tags: ['shows'],
        security: [{ bearer: [] }],
        operationId: 'listPeopleHere',
        summary:
          'The people in a live show: hosts, people on stage, then listeners by name. For those in the show. Guests are ' +
          'counted only, and listeners with `listedInShows: false` are left out',
        params: Exactly({ showId: Id }),
        querystring: PageQuery,
        response: {
          200: PeopleHere,
          ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND', 'NOT_IN_SHOW', 'SHOW_NOT_LIVE', 'SHOW_ENDED')
        }
      }
    },
    async request => await app.peopleHere.page(request.params.showId, callerOf(request).userId, request.query)
  )
}

export default routes
