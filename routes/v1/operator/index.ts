import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { AnnouncementDraft, OperatorAnnouncement } from '../../../contract/announcements.ts'
import { errorAnswers } from '../../../contract/error-answer.ts'
import { Page, PageQuery } from '../../../contract/paging.ts'
import { Exactly, Id } from '../../../contract/primitives.ts'
import { OperatorAction, OperatorReason, Report, ReportAnswer, ReportsQuery } from '../../../contract/safety.ts'
import { callerOf } from '../../../plugins/app/identity/authenticate.ts'

/** Routes for the operators in OPERATOR_IDS. Everybody else gets the answer of an unknown address. */
const routes: FastifyPluginAsyncTypebox = async app => {
  const { operators } = app
  // In onRequest, before the body is validated: an error about the body would reveal the route.
  const guarded = { onRequest: app.authenticateOperator }
  const described = { tags: ['safety'], security: [{ bearer: [] }] }
  const done = { 204: Type.Null(), ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT') }

  /** Returns the schema of an action that takes a reason, without its params. */
  const actionSchema = (operationId: string, summary: string) =>
    ({ ...described, operationId, summary, body: OperatorReason, response: done }) as const

  app.get(
    '/reports',
    {
      ...guarded,
      schema: {
        ...described,
        operationId: 'listReports',
        summary: 'List the reports, newest first',
        querystring: ReportsQuery,
        response: { 200: Page(Report), ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND') }
      }
    },
    async ({ query }) => await app.reports.list(query)
  )

  app.post(
    '/reports/:reportId/answer',
    {
      ...guarded,
      schema: {
        ...described,
        operationId: 'answerReport',
        summary: 'Answer a report, once',
        params: Exactly({ reportId: Id }),
        body: ReportAnswer,
        response: { 200: Report, ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND', 'CONFLICT') }
      }
    },
    async request =>
      await operators.answerReport(callerOf(request).userId, request.params.reportId, request.body.answer)
  )

  app.post(
    '/shows/:showId/end',
    {
      ...guarded,
      schema: {
        ...actionSchema('endShowAsOperator', 'End a live show of any creator'),
        params: Exactly({ showId: Id })
      }
    },
    async (request, reply) => {
      await operators.endShow(callerOf(request).userId, request.params.showId, request.body.reason)
      return await reply.code(204).send(null)
    }
  )

  app.post(
    '/comments/:commentId/delete',
    {
      ...guarded,
      schema: {
        ...actionSchema('deleteCommentAsOperator', 'Delete a comment of any person'),
        params: Exactly({ commentId: Id })
      }
    },
    async (request, reply) => {
      await operators.deleteComment(callerOf(request).userId, request.params.commentId, request.body.reason)
      return await reply.code(204).send(null)
    }
  )

  app.post(
    '/shows/:showId/replay/takedown',
    {
      ...guarded,
      schema: {
        ...actionSchema(
          'takeDownReplay',
          'Take a replay down: it is not published until it is restored, and its hosts see the reason'
        ),
        params: Exactly({ showId: Id })
      }
    },
    async (request, reply) => {
      await operators.takeDownReplay(callerOf(request).userId, request.params.showId, request.body.reason)
      return await reply.code(204).send(null)
    }
  )

  app.post(
    '/shows/:showId/replay/restore',
    {
      ...guarded,
      schema: {
        ...actionSchema(
          'restoreReplay',
          'Restore a replay that was taken down: it is published again if it was before'
        ),
        params: Exactly({ showId: Id })
      }
    },
    async (request, reply) => {
      await operators.restoreReplay(callerOf(request).userId, request.params.showId, request.body.reason)
      return await reply.code(204).send(null)
    }
  )

  app.post(
    '/users/:userId/suspend',
    {
      ...guarded,
      schema: {
        ...actionSchema(
          'suspendUser',
          'Suspend an account: sign the person out everywhere, keep them out, and end their live show'
        ),
        params: Exactly({ userId: Id })
      }
    },
    async (request, reply) => {
      await operators.suspend(callerOf(request).userId, request.params.userId, request.body.reason)
      return await reply.code(204).send(null)
    }
  )

  app.post(
    '/users/:userId/restore',
    {
      ...guarded,
      schema: { ...actionSchema('restoreUser', 'Restore a suspended account'), params: Exactly({ userId: Id }) }
    },
    async (request, reply) => {
      await operators.restore(callerOf(request).userId, request.params.userId, request.body.reason)
      return await reply.code(204).send(null)
    }
  )

  app.post(
    '/announcements',
    {
      ...guarded,
      schema: {
        ...described,
        operationId: 'announce',
        summary: 'Announce something to everybody until a time; at most 3 announcements at once',
        body: AnnouncementDraft,
        response: { 201: OperatorAnnouncement, ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND', 'CONFLICT') }
      }
    },
    async (request, reply) =>
      await reply.code(201).send(await app.announcements.make(callerOf(request).userId, request.body))
  )

  app.get(
    '/announcements',
    {
      ...guarded,
      schema: {
        ...described,
        operationId: 'listOperatorAnnouncements',
        summary: 'List all announcements, newest first',
        querystring: PageQuery,
        response: { 200: Page(OperatorAnnouncement), ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND') }
      }
    },
    async ({ query }) => await app.announcements.list(query)
  )

  app.delete(
    '/announcements/:announcementId',
    {
      ...guarded,
      schema: {
        ...described,
        operationId: 'endAnnouncement',
        summary: 'End an announcement before its time',
        params: Exactly({ announcementId: Id }),
        response: { 204: Type.Null(), ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND') }
      }
    },
    async (request, reply) => {
      await app.announcements.end(callerOf(request).userId, request.params.announcementId)
      return await reply.code(204).send(null)
    }
  )

  app.get(
    '/acts',
    {
      ...guarded,
      schema: {
        ...described,
        operationId: 'listOperatorActs',
        summary: 'List the actions of operators, newest first',
        querystring: PageQuery,
        response: { 200: Page(OperatorAction), ...errorAnswers('UNAUTHENTICATED', 'NOT_FOUND') }
      }
    },
    async ({ query }) => await app.operatorActions.list(query)
  )
}

export default routes
