import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Invitation, InvitationAcceptance, InvitationDraft } from '../../../../../contract/invitations.ts'
import { Page, PageQuery } from '../../../../../contract/paging.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { Show } from '../../../../../contract/shows.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'

const ofShow = Exactly({ showId: Id })
const ofInvitation = Exactly({ showId: Id, id: Id })

/** Invitations to private shows. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const account = { onRequest: app.authenticateAccount }
  const documented = { tags: ['shows'], security: [{ bearer: [] }] }
  const refusals = errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND')

  app.get(
    '/',
    {
      ...account,
      schema: {
        ...documented,
        operationId: 'listInvitations',
        summary: 'Invitations to a show, newest first, without their URLs',
        params: ofShow,
        querystring: PageQuery,
        response: { 200: Page(Invitation), ...refusals }
      }
    },
    async request => await app.showInvitations.list(request.params.showId, callerOf(request).userId, request.query)
  )

  app.post(
    '/',
    {
      ...account,
      schema: {
        ...documented,
        operationId: 'createInvitation',
        summary: 'Create an invitation. Only this answer contains its URL',
        params: ofShow,
        body: InvitationDraft,
        response: { 201: Invitation, ...refusals }
      }
    },
    async (request, reply) => {
      return await reply
        .code(201)
        .send(await app.showInvitations.create(request.params.showId, callerOf(request).userId, request.body))
    }
  )

  app.delete(
    '/:id',
    {
      ...account,
      schema: {
        ...documented,
        operationId: 'withdrawInvitation',
        summary: 'Withdraw an invitation. People who accepted it keep access',
        params: ofInvitation,
        response: { 204: Type.Null(), ...refusals }
      }
    },
    async (request, reply) => {
      await app.showInvitations.withdraw(request.params.showId, callerOf(request).userId, request.params.id)
      return await reply.code(204).send(null)
    }
  )

  app.post(
    '/accept',
    {
      ...account,
      schema: {
        ...documented,
        operationId: 'acceptInvitation',
        summary: 'Accept an invitation',
        params: ofShow,
        body: InvitationAcceptance,
        response: { 200: Show, ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'BANNED', 'NOT_FOUND', 'CONFLICT') }
      }
    },
    async request =>
      await app.showInvitations.accept(request.params.showId, callerOf(request).userId, request.body.token)
  )
}

export default routes
