import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Tokens } from '../../../../contract/auth.ts'
import { errorAnswers } from '../../../../contract/error-answer.ts'
import { CodedError } from '../../../../contract/errors.ts'
import { CodeExchange } from '../../../../contract/sign-in.ts'
import { deviceOf } from '../../../../plugins/app/identity/device.ts'
import { countedSignIn } from '../../../../plugins/external/rate-limit.ts'

/** The last step of signing in by a provider. */
const routes: FastifyPluginAsyncTypebox = async app => {
  app.post(
    '/',
    {
      ...countedSignIn(app),
      schema: {
        tags: ['auth'],
        operationId: 'exchangeCode',
        summary: 'Exchange the one-time code your `redirectUri` has received, with the verifier of your challenge',
        body: CodeExchange,
        response: { 200: Tokens, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async request => {
      const userId = await app.signIn.redeem(request.body)
      const user = await app.users.find(userId)
      if (!user) throw new CodedError('UNAUTHENTICATED', 'This account does not exist any more.')
      return app.tokens.issue(user, await app.sessions.open(user.id, deviceOf(request.headers)))
    }
  )
}

export default routes
