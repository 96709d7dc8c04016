import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../contract/error-answer.ts'
import { ProviderReturn, SignInStart, type ProviderName } from '../../../contract/sign-in.ts'
import type { ErrorCode } from '../../../contract/errors.ts'
import { countedByAddress } from '../../../plugins/external/rate-limit.ts'

/** The way out to a provider and back, both for a browser. Counted by address, since nobody is known yet. */
export function providerRoutes(provider: ProviderName, title: string, off: ErrorCode): FastifyPluginAsyncTypebox {
  return async app => {
    const counted = countedByAddress(app)
    const tags = ['auth']
    const leads = { 302: Type.Null({ description: 'The address is in `location`' }) }

    app.get(
      '/',
      {
        ...counted,
        schema: {
          tags,
          operationId: `${provider}SignIn`,
          summary: `Sign in with ${title}: open this in a browser; it comes back to \`redirectUri\` with \`?code\` or \`?error\``,
          querystring: SignInStart,
          response: { ...leads, ...errorAnswers(off, 'UNAVAILABLE') }
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
          summary: `Where ${title} sends the browser back to`,
          querystring: ProviderReturn,
          response: { ...leads, ...errorAnswers(off, 'UNAVAILABLE') }
        }
      },
      async (request, reply) => await reply.redirect(await app.signIn.finish(provider, request.query, request, reply))
    )
  }
}
