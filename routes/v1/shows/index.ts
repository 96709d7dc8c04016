import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../contract/error-answer.ts'
import { Page } from '../../../contract/paging.ts'
import { Exactly, Id } from '../../../contract/primitives.ts'
import { Show, ShowDraft, ShowPatch, ShowsQuery } from '../../../contract/shows.ts'
import { callerOf } from '../../../plugins/app/identity/authenticate.ts'
import { stricterLimit } from '../../../plugins/external/rate-limit/stricter-limit.ts'

const params = Exactly({ showId: Id })

/** Shows: creating, changing, finding, starting and ending them. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['shows']
  const security = [{ bearer: [] }]
  const account = { onRequest: app.authenticateAccount }
  const optionalAccount = { onRequest: app.recognize }
  const editLimit = { rateLimit: stricterLimit(app.config.LIMIT_EDITS_PER_MINUTE, app.config) }

  app.post(
    '/',
    {
      ...account,
      // A show stays when it has ended, so starting and ending it makes room for another one.
      config: editLimit,
      schema: {
        tags,
        security,
        operationId: 'createShow',
        summary: 'Create a show',
        body: ShowDraft,
        response: { 201: Show, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT') }
      }
    },
    async (request, reply) => {
      return await reply.code(201).send(await app.shows.create(callerOf(request).userId, request.body))
    }
  )

  app.get(
    '/',
    {
      ...optionalAccount,
      schema: {
        tags,
        operationId: 'listShows',
        summary:
          'Public shows: live shows by number of listeners, then upcoming shows by start time, ' +
          'then ended shows, newest first. `live` includes interrupted shows',
        querystring: ShowsQuery,
        response: { 200: Page(Show), ...errorAnswers() }
      }
    },
    async ({ query: { followed, ...query }, caller }) => {
      const callerId = caller?.userId ?? null
      return await app.shows.list(query, callerId, followed ? await app.follows.followedIds(callerId) : undefined)
    }
  )

  app.get(
    '/:showId',
    {
      ...optionalAccount,
      schema: {
        tags,
        operationId: 'getShow',
        summary: 'A show',
        params,
        response: { 200: Show, ...errorAnswers('NOT_FOUND') }
      }
    },
    async ({ params, caller }) => await app.shows.get(params.showId, caller?.userId ?? null)
  )

  app.patch(
    '/:showId',
    {
      ...account,
      // The log of a live show has each title and description that it ever had.
      config: editLimit,
      schema: {
        tags,
        security,
        operationId: 'patchShow',
        summary: 'Change a show. With `version`, CONFLICT for a stale edit',
        params,
        body: ShowPatch,
        response: { 200: Show, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT') }
      }
    },
    async request => await app.shows.patch(request.params.showId, callerOf(request).userId, request.body)
  )

  app.delete(
    '/:showId',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'deleteShow',
        summary: 'Delete a show that was never live',
        params,
        response: { 204: Type.Null(), ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT') }
      }
    },
    async (request, reply) => {
      await app.shows.remove(request.params.showId, callerOf(request).userId)
      return await reply.code(204).send(null)
    }
  )

  app.post(
    '/:showId/start',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'startShow',
        summary: 'Start a show',
        params,
        response: { 200: Show, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT') }
      }
    },
    async request => await app.shows.start(request.params.showId, callerOf(request).userId)
  )

  app.post(
    '/:showId/end',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'endShow',
        summary: 'End a live show',
        params,
        response: { 200: Show, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT') }
      }
    },
    async request => await app.shows.end(request.params.showId, callerOf(request).userId)
  )
}

export default routes
