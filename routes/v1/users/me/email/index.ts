import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { EmailAddress, EmailDraft } from '../../../../../contract/email.ts'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'
import { stricterLimit } from '../../../../../plugins/external/rate-limit/stricter-limit.ts'

/** The e-mail address of the caller. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['notifications']
  const security = [{ bearer: [] }]
  const account = { onRequest: app.authenticateAccount }

  app.get(
    '/',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'getMyEmail',
        summary: 'Get the address to which you get e-mail, and whether it is verified',
        response: { 200: EmailAddress, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async request => await app.emailAddresses.get(callerOf(request).userId)
  )

  app.put(
    '/',
    {
      ...account,
      config: { rateLimit: stricterLimit(app.config.LIMIT_EDITS_PER_MINUTE, app.config) },
      schema: {
        tags,
        security,
        operationId: 'putMyEmail',
        summary: 'Enter an address; it gets a mail with a link, which must be opened before it gets others',
        body: EmailDraft,
        response: { 200: EmailAddress, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND') }
      }
    },
    async request => await app.emailAddresses.set(callerOf(request).userId, request.body.address)
  )

  app.delete(
    '/',
    {
      ...account,
      schema: {
        tags,
        security,
        operationId: 'deleteMyEmail',
        summary: 'Remove your e-mail address',
        response: { 204: Type.Null(), ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN') }
      }
    },
    async (request, reply) => {
      await app.emailAddresses.remove(callerOf(request).userId)
      return await reply.code(204).send(null)
    }
  )
}

export default routes
