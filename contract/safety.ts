import { Type, type Static } from 'typebox'
import { Exactly, Id, IsoTime, Nullable, OneOf } from './primitives.ts'
import { pageQuery } from './paging.ts'
import { ReportReason } from './text.ts'
import { Person } from './users.ts'

const subjectKinds = ['user', 'show', 'comment'] as const

/** Body of `POST /v1/reports`: the id of the reported subject, and the reason. */
export const ReportDraft = Exactly({
  kind: OneOf(subjectKinds),
  subjectId: Id,
  reason: ReportReason
})
export type ReportDraft = Static<typeof ReportDraft>

/** A report, for its reporter and operators. */
export const Report = Exactly({
  id: Id,
  kind: OneOf(subjectKinds),
  subjectId: Id,
  /** Text of the subject at the time of the report: a name, a title, a comment. */
  excerpt: Type.String(),
  reason: Type.String(),
  status: OneOf(['open', 'answered']),
  answer: Nullable(Type.String()),
  reporter: Nullable(Person),
  createdAt: IsoTime,
  answeredAt: Nullable(IsoTime)
})
export type Report = Static<typeof Report>

/** Query of `GET /v1/operator/reports`. */
export const ReportsQuery = Exactly({
  ...pageQuery,
  status: Type.Optional(OneOf(['open', 'answered'], 'Only reports with this status'))
})
export type ReportsQuery = Static<typeof ReportsQuery>

/** Body of `POST /v1/operator/reports/:reportId/answer`. */
export const ReportAnswer = Exactly({ answer: ReportReason })
export type ReportAnswer = Static<typeof ReportAnswer>

/**
 * An action of an operator in the log. `done` is false when the action failed or was interrupted after it was logged.
 */
export const OperatorAction = Exactly({
  id: Id,
  at: IsoTime,
  operator: Person,
  type: OneOf([
    'reportAnswered',
    'showEnded',
    'commentDeleted',
    'replayTakenDown',
    'replayRestored',
    'coverRemoved',
    'accountSuspended',
    'accountRestored',
    'announcementMade',
    'announcementEnded'
  ]),
  subjectId: Id,
  reason: Type.String(),
  done: Type.Boolean()
})
export type OperatorAction = Static<typeof OperatorAction>

/** Body of an operator's action on a show, a comment, a replay or an account. */
export const OperatorReason = Exactly({ reason: ReportReason })
export type OperatorReason = Static<typeof OperatorReason>
