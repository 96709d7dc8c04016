import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { BackstageDraft, BackstageInvitation, BackstageInvitations } from '../../../../../contract/backstage.ts'
import { errorAnswers } from '../../../../../contract/error-answer.ts'
import { Exactly, Id } from '../../../../../contract/primitives.ts'
import { callerOf } from '../../../../../plugins/app/identity/authenticate.ts'
import { stricterLimit } from '../../../../../plugins/external/rate-limit/stricter-limit.ts'

const ofShow = Exactly({ showId: Id })
const ofPerson = Exactly({ showId: Id, userId: Id })

/** Invitations to meet backstage before a planned show starts. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const account = { onRequest: app.authenticateAccount }
  const documented = { tags: ['shows'], security: [{ bearer: [] }] }
  const editLimit = { rateLimit: stricterLimit(app.config.LIMIT_EDITS_PER_MINUTE, app.config) }
  const refusals = errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND')

  app.get(
    '/',
    {
      ...account,
      schema: {
        ...documented,
        operationId: 'listBackstage',
        summary: 'People invited backstage: all of them for the creator, only oneself for others',
        params: ofShow,
        response: { 200: BackstageInvitations, ...refusals }
      }
    },
    async request => await app.backstage.list(request.params.showId, callerOf(request).userId)
  )

  app.put(
    '/:userId',
    {
      ...account,
      config: editLimit,
      schema: {
        ...documented,
        operationId: 'inviteBackstage',
        summary: 'Invite a person backstage, or change their role. Only before the show starts',
        params: ofPerson,
        body: BackstageDraft,
        response: {
          200: BackstageInvitation,
          ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'UNAVAILABLE')
        }
      }
    },
    async request => {
      const { showId, userId } = request.params
      return await app.backstage.invite(showId, callerOf(request).userId, userId, request.body.role)
    }
  )

  app.delete(
    '/:userId',
    {
      ...account,
      schema: {
        ...documented,
        operationId: 'withdrawBackstage',
        summary: 'Withdraw an invitation backstage, or decline one’s own. The person leaves the backstage at once',
        params: ofPerson,
        response: {
          204: Type.Null(),
          ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'UNAVAILABLE')
        }
      }
    },
    async (request, reply) => {
      const { showId, userId } = request.params
      await app.backstage.withdraw(showId, callerOf(request).userId, userId)
      return await reply.code(204).send(null)
    }
  )
}

export default routes
