import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { EmailToken } from '../../../contract/email.ts'
import { errorAnswers } from '../../../contract/error-answer.ts'

/** The links of mails. Their tokens say whose they are, so they need no sign-in. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const tags = ['notifications']
  // The form of a mail program says nothing that is needed.
  app.addContentTypeParser('application/x-www-form-urlencoded', (_request, payload, done) => {
    payload.resume()
    done(null, undefined)
  })

  app.post(
    '/verify',
    {
      schema: {
        tags,
        operationId: 'verifyEmail',
        summary: 'Verify the address of a link in a mail',
        body: EmailToken,
        response: { 204: Type.Null(), ...errorAnswers('NOT_FOUND') }
      }
    },
    async (request, reply) => {
      await app.emailAddresses.verify(request.body.token)
      return await reply.code(204).send(null)
    }
  )

  for (const [path, operationId, summary, isBlocked] of [
    ['/block', 'blockEmail', 'End all mail to the mailbox of a link, whoever enters its address', true],
    ['/unblock', 'unblockEmail', 'Allow mail to the mailbox of a link again', false]
  ] as const) {
    app.post(
      path,
      {
        schema: {
          tags,
          operationId,
          summary,
          body: EmailToken,
          response: { 204: Type.Null(), ...errorAnswers('NOT_FOUND') }
        }
      },
      async (request, reply) => {
        await app.emailAddresses.setBlocked(request.body.token, isBlocked)
        return await reply.code(204).send(null)
      }
    )
  }

  // The token is in the query, which no log line has. Opening a link changes nothing: scanners of mail open all links.
  app.get(
    '/unsubscribe',
    {
      schema: {
        tags,
        operationId: 'getUnsubscribePage',
        summary: 'The page on which a person ends the mails, for mail programs that open it in a browser',
        querystring: EmailToken,
        response: { 302: Type.Null(), ...errorAnswers() }
      }
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return await reply.redirect(`${app.publicUrl()}/email/unsubscribe?token=${request.query.token}`)
    }
  )

  app.post(
    '/unsubscribe',
    {
      config: { takesForm: true },
      schema: {
        tags,
        operationId: 'unsubscribeEmail',
        summary: 'End the mails to the address of a link, as mail programs do with one click (RFC 8058)',
        querystring: EmailToken,
        response: { 204: Type.Null(), ...errorAnswers('NOT_FOUND') }
      }
    },
    async (request, reply) => {
      await app.emailAddresses.unsubscribe(request.query.token)
      return await reply.code(204).send(null)
    }
  )
}

export default routes
