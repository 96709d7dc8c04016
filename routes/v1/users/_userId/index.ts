import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../contract/error-answer.ts'
import { Page, PageQuery } from '../../../../contract/paging.ts'
import { Exactly, Id } from '../../../../contract/primitives.ts'
import { Show, ShowsQuery } from '../../../../contract/shows.ts'
import { Person, PublicUser } from '../../../../contract/users.ts'
import { callerOf } from '../../../../plugins/app/identity/authenticate.ts'

const params = Exactly({ userId: Id })
const { creatorId, ...showsQuery } = ShowsQuery.properties

/** A user's public profile, follows and shows. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['users']
  const security = [{ bearer: [] }]
  const account = { onRequest: app.authenticateAccount }
  const open = { onRequest: app.recognize }

  app.get(
    '/',
    {
      ...open,
      schema: {
        tags,
        operationId: 'getUser',
        summary: 'Get the public profile of a user',
        params,
        response: { 200: PublicUser, ...errorAnswers('NOT_FOUND') }
      }
    },
    async ({ params: { userId }, caller }) => {
      const profile = await app.users.getProfile(userId)
      return { ...profile, ...(await app.follows.figures(userId, caller?.userId ?? null)) }
    }
  )

  app.put(
    '/follow',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'follow',
        summary: 'Follow a user',
        params,
        response: {
          204: Type.Null(),
          ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'BANNED', 'NOT_FOUND', 'CONFLICT')
        }
      }
    },
    async (request, reply) => {
      await app.follows.follow(callerOf(request).userId, request.params.userId)
      return await reply.code(204).send(null)
    }
  )

  app.delete(
    '/follow',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'unfollow',
        summary: 'Unfollow a user',
        params,
        response: { 204: Type.Null(), ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT') }
      }
    },
    async (request, reply) => {
      await app.follows.unfollow(callerOf(request).userId, request.params.userId)
      return await reply.code(204).send(null)
    }
  )

  app.get(
    '/followers',
    {
      ...open,
      schema: {
        tags,
        operationId: 'listFollowers',
        summary: 'List the followers of a user, newest first',
        params,
        querystring: PageQuery,
        response: { 200: Page(Person), ...errorAnswers('NOT_FOUND') }
      }
    },
    async ({ params: { userId }, query }) => await app.follows.followers(userId, query)
  )

  app.get(
    '/following',
    {
      ...open,
      schema: {
        tags,
        operationId: 'listFollowing',
        summary: 'List the people a user follows, newest first',
        params,
        querystring: PageQuery,
        response: { 200: Page(Person), ...errorAnswers('NOT_FOUND') }
      }
    },
    async ({ params: { userId }, query }) => await app.follows.following(userId, query)
  )

  app.get(
    '/shows',
    {
      ...open,
      schema: {
        tags,
        operationId: 'listShowsOf',
        summary: 'List the public shows of a user',
        params,
        querystring: Exactly(showsQuery),
        response: { 200: Page(Show), ...errorAnswers('NOT_FOUND') }
      }
    },
    async ({ params: { userId }, query }) => {
      await app.users.getProfile(userId)
      // The same list for everybody, also for the user; GET /shows lists the caller's own shows.
      return await app.shows.list({ ...query, creatorId: userId }, null)
    }
  )
}

export default routes
