import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { SignInOptions } from '../../../../contract/sign-in-options.ts'
import { errorAnswers } from '../../../../contract/error-answer.ts'

/** Ways to sign in, for a sign-in page. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/',
    {
      schema: {
        tags: ['auth'],
        operationId: 'getSignInOptions',
        summary: 'List the ways to sign in to this server',
        response: { 200: SignInOptions, ...errorAnswers() }
      }
    },
    async () => {
      const { AUTH_DEV_LOGIN, AUTH_GUESTS, SPOTIFY_CLIENT_ID, SPOTIFY_PLAYER, OIDC_ISSUER } = app.config
      const spotify = SPOTIFY_CLIENT_ID !== undefined
      return {
        devLogin: AUTH_DEV_LOGIN,
        guests: AUTH_GUESTS,
        spotify,
        spotifyPlayer: spotify && SPOTIFY_PLAYER,
        oidc: OIDC_ISSUER !== undefined
      }
    }
  )
}

export default routes
