import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { CodedError } from '../../../../../contract/errors.ts'
import { CodeExchange, LinkRequest, LinkStart } from '../../../../../contract/sign-in.ts'
import { User } from '../../../../../contract/users.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'

/** The caller's linked Spotify account. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['spotify']
  const security = [{ bearer: [] }]
  const account = { onRequest: app.authenticateAccount }

  app.post(
    '/',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'startLinkingSpotify',
        summary: 'Start linking Spotify: open `authorizeUrl` in a browser, which returns to `redirectUri` with `?code`',
        body: LinkRequest,
        response: { 200: LinkStart, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'SPOTIFY_OFF') }
      }
    },
    async request => ({ authorizeUrl: await app.accountLinks.start('spotify', callerOf(request).userId, request.body) })
  )

  app.put(
    '/',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'linkSpotify',
        summary: 'Link the Spotify account of a code',
        body: CodeExchange,
        response: { 200: User, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'SPOTIFY_OFF', 'CONFLICT') }
      }
    },
    async request => {
      const { userId } = callerOf(request)
      await app.accountLinks.finish('spotify', userId, request.body)
      const user = await app.users.find(userId)
      if (!user) throw new CodedError('UNAUTHENTICATED', 'This account does not exist any more.')
      return user
    }
  )

  app.delete(
    '/',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'unlinkSpotify',
        summary: 'Unlink Spotify and delete its tokens',
        response: { 204: Type.Null(), ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'CONFLICT') }
      }
    },
    async (request, reply) => {
      await app.spotifyAccounts.unlink(callerOf(request).userId)
      return await reply.code(204).send(null)
    }
  )
}

export default routes
