import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../contract/error-answer.ts'
import { Exactly } from '../../../../contract/primitives.ts'
import { countedSignIn } from '../../../../plugins/external/rate-limit.ts'
import { providerRoutes } from '../provider-routes.ts'

/** Signing in with Spotify, and linking an account. */
const routes: FastifyPluginAsyncTypebox = async app => {
  await app.register(providerRoutes('spotify', 'Spotify', 'SPOTIFY_OFF'))

  app.get(
    '/link',
    {
      ...countedSignIn(app),
      schema: {
        tags: ['auth'],
        operationId: 'followLinkTicket',
        summary: 'Start linking Spotify in a browser: the `authorizeUrl` of `POST /v1/users/me/spotify`',
        querystring: Exactly({
          ticket: Type.String({
            minLength: 1,
            maxLength: 128,
            description: 'The ticket of that URL; valid once',
            examples: ['kDn1u4ZmT7q0kDn1u4Zm']
          })
        }),
        response: {
          302: Type.Null({ description: 'The URL is in `location`' }),
          ...errorAnswers('SPOTIFY_OFF', 'UNAVAILABLE')
        }
      }
    },
    async (request, reply) =>
      await reply.redirect(await app.accountLinks.followTicket('spotify', request.query.ticket, request, reply))
  )
}

export default routes
