import { Type, type Static } from 'typebox'
import { Exactly, Id, IsoTime, Nullable, OneOf } from './primitives.ts'
import { pageQuery } from './paging.ts'
import { ReportReason } from './text.ts'
import { Person } from './users.ts'

const subjectKinds = ['user', 'show', 'comment'] as const

/** Body of `POST /v1/reports`: what is reported, by its id, and why. */
export const ReportDraft = Exactly({
  kind: OneOf(subjectKinds),
  subjectId: Id,
  reason: ReportReason
})
export type ReportDraft = Static<typeof ReportDraft>

/** A report as its reporter and operators see it. */
export const Report = Exactly({
  id: Id,
  kind: OneOf(subjectKinds),
  subjectId: Id,
  /** What it looked like when it was reported: a name, a title, a text. */
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
export const ReportsQuery = Exactly({ ...pageQuery, status: Type.Optional(OneOf(['open', 'answered'], 'Only those')) })
export type ReportsQuery = Static<typeof ReportsQuery>

/** Body of `POST /v1/operator/reports/:reportId/answer`. */
export const ReportAnswer = Exactly({ answer: ReportReason })
export type ReportAnswer = Static<typeof ReportAnswer>

/**
 * Something an operator did, as it stands in the log; `done` is false for what was refused or cut short after it was
 * written down.
 */
export const OperatorAction = Exactly({
  id: Id,
  at: IsoTime,
  operator: Person,
  type: OneOf(['reportAnswered', 'showEnded', 'commentDeleted', 'accountSuspended', 'accountRestored']),
  subjectId: Id,
  reason: Type.String(),
  done: Type.Boolean()
})
export type OperatorAction = Static<typeof OperatorAction>

/** Body of what an operator does to a show or an account: why. */
export const OperatorReason = Exactly({ reason: ReportReason })
export type OperatorReason = Static<typeof OperatorReason>
