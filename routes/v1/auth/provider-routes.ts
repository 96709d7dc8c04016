import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../contract/error-answer.ts'
import { ProviderReturn, SignInStart, type ProviderName } from '../../../contract/sign-in.ts'
import type { ErrorCode } from '../../../contract/errors.ts'
import { countedSignIn } from '../../../plugins/external/rate-limit.ts'

/** Routes that send a browser to a provider and take it back. */
export function providerRoutes(provider: ProviderName, title: string, off: ErrorCode): FastifyPluginAsyncTypebox {
  return async app => {
    const counted = countedSignIn(app)
    const tags = ['auth']
    const redirect = { 302: Type.Null({ description: 'The URL is in `location`' }) }

    app.get(
      '/',
      {
        ...counted,
        schema: {
          tags,
          operationId: `${provider}SignIn`,
          summary:
            `Sign in with ${title}: open this URL in a browser, ` +
            'which returns to `redirectUri` with `?code` or `?error`',
          querystring: SignInStart,
          response: { ...redirect, ...errorAnswers(off, 'UNAVAILABLE') }
        }
      },
      async (request, reply) => await reply.redirect(await app.signIn.start(provider, request.query, request, reply))
    )

    app.get(
      '/callback',
      {
        ...counted,
        schema: {
          tags,
          operationId: `${provider}Callback`,
          summary: `Receive the browser that ${title} redirects back`,
          querystring: ProviderReturn,
          response: { ...redirect, ...errorAnswers(off, 'UNAVAILABLE') }
        }
      },
      async (request, reply) => await reply.redirect(await app.signIn.finish(provider, request.query, request, reply))
    )
  }
}
