import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { BlockedWords } from '../../../../../contract/blocked-words.ts'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'
import { stricterLimit } from '../../../../../plugins/external/rate-limit/stricter-limit.ts'

/** The words that comments in the caller's shows may not have. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['comments']
  const security = [{ bearer: [] }]
  const account = { onRequest: app.authenticateAccount }

  app.get(
    '/',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'getMyBlockedWords',
        summary: 'Get the words that comments in your shows may not have',
        response: { 200: BlockedWords, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async request => ({ words: await app.creatorWords.get(callerOf(request).userId) })
  )

  app.put(
    '/',
    {
      ...account,
      config: { rateLimit: stricterLimit(app.config.LIMIT_EDITS_PER_MINUTE, app.config) },
      schema: {
        tags,
        security,
        operationId: 'putMyBlockedWords',
        summary: 'Replace the words that comments in your shows may not have; live shows follow at once',
        body: BlockedWords,
        response: { 200: BlockedWords, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async request => ({ words: await app.creatorWords.set(callerOf(request).userId, request.body.words) })
  )
}

export default routes
