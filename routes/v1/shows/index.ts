import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../contract/error-answer.ts'
import { Page } from '../../../contract/paging.ts'
import { Exactly, Id } from '../../../contract/primitives.ts'
import { Show, ShowDraft, ShowPatch, ShowsQuery } from '../../../contract/shows.ts'
import { callerOf } from '../../../plugins/app/identity/authenticate.ts'

const params = Exactly({ showId: Id })

/** Shows: what is stored of them, and going live and ending. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['shows']
  const security = [{ bearer: [] }]
  const mine = { preValidation: app.authenticateAccount }
  const open = { preValidation: app.recognize }

  app.post(
    '/',
    {
      ...mine,
      schema: {
        tags,
        security,
        operationId: 'createShow',
        summary: 'Plan a show',
        body: ShowDraft,
        response: { 201: Show, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async (request, reply) => {
      return await reply.code(201).send(await app.shows.create(callerOf(request).userId, request.body))
    }
  )

  app.get(
    '/',
    {
      ...open,
      schema: {
        tags,
        operationId: 'listShows',
        summary:
          'Public shows: live ones, most listened first; those to come, soonest first; past ones, newest first. `live` includes interrupted',
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
      ...open,
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
      ...mine,
      schema: {
        tags,
        security,
        operationId: 'patchShow',
        summary: 'Change a show; with `version` a stale edit is refused',
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
      ...mine,
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
      ...mine,
      schema: {
        tags,
        security,
        operationId: 'startShow',
        summary: 'Go live',
        params,
        response: { 200: Show, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT') }
      }
    },
    async request => await app.shows.start(request.params.showId, callerOf(request).userId)
  )

  app.post(
    '/:showId/end',
    {
      ...mine,
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
