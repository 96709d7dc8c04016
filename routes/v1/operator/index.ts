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

  /** Serves an action that takes a reason. `subject`: the parameter of the path that names what it is done to. */
  function postAction(
    path: string,
    subject: 'showId' | 'commentId' | 'userId',
    names: { operationId: string; summary: string },
    act: (operatorId: string, subjectId: string, reason: string) => Promise<void>
  ): void {
    app.post<{ Params: Record<typeof subject, string>; Body: OperatorReason }>(
      path,
      {
        ...guarded,
        schema: {
          ...described,
          ...names,
          params: Exactly({ [subject]: Id }),
          body: OperatorReason,
          response: { 204: Type.Null(), ...errorAnswers('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT') }
        }
      },
      async (request, reply) => {
        await act(callerOf(request).userId, request.params[subject], request.body.reason)
        return await reply.code(204).send(null)
      }
    )
  }

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

  postAction(
    '/shows/:showId/end',
    'showId',
    { operationId: 'endShowAsOperator', summary: 'End a live show of any creator' },
    operators.endShow
  )

  postAction(
    '/comments/:commentId/delete',
    'commentId',
    { operationId: 'deleteCommentAsOperator', summary: 'Delete a comment of any person' },
    operators.deleteComment
  )

  postAction(
    '/shows/:showId/replay/takedown',
    'showId',
    {
      operationId: 'takeDownReplay',
      summary: 'Take a replay down: it is not published until it is restored, and its hosts see the reason'
    },
    operators.takeDownReplay
  )

  postAction(
    '/shows/:showId/replay/restore',
    'showId',
    {
      operationId: 'restoreReplay',
      summary: 'Restore a replay that was taken down: it is published again if it was before'
    },
    operators.restoreReplay
  )

  postAction(
    '/shows/:showId/cover/remove',
    'showId',
    {
      operationId: 'removeCoverAsOperator',
      summary: 'Delete the cover of any show, with all uses of the same picture'
    },
    operators.removeCover
  )

  postAction(
    '/users/:userId/suspend',
    'userId',
    {
      operationId: 'suspendUser',
      summary: 'Suspend an account: sign the person out everywhere, keep them out, and end their live show'
    },
    operators.suspend
  )

  postAction(
    '/users/:userId/restore',
    'userId',
    { operationId: 'restoreUser', summary: 'Restore a suspended account' },
    operators.restore
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
