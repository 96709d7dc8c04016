import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { Page } from '../../../contract/paging.ts'
import type { Report, ReportDraft, ReportsQuery } from '../../../contract/safety.ts'
import type { Person } from '../../../contract/users.ts'
import type { Comments } from '../comments/comments.ts'
import { isDuplicateKey } from '../documents/is-duplicate-key.ts'
import { newestFirst, olderThan, pageOf } from '../documents/keyset.ts'
import { opaqueId } from '../documents/opaque-id.ts'
import { noSuchPerson, type Users } from '../people/users.ts'
import { exportedRecords } from '../privacy/exported-records.ts'
import type { Shows } from '../shows/shows.ts'
import { updateInSlices } from '../documents/slices.ts'

type SubjectKind = Report['kind']

/** The subject of a report as its reporter sees it. */
interface Subject {
  ownerId: string | null
  excerpt: string
}

export interface ReportDocument {
  _id: string
  /** Reporter and subject of an open report. It is unique, so that reporting twice makes one report. */
  openKey?: string
  kind: SubjectKind
  subjectId: string
  /** The person whose name, title or text is in the excerpt. */
  subjectOwnerId: string | null
  excerpt: string
  reason: string
  status: Report['status']
  answer: string | null
  /** Null once the reporter's account is erased. */
  reporterId: string | null
  createdAt: Date
  answeredAt: Date | null
}

export interface ReportsParts {
  reports: Collection<ReportDocument>
  users: Pick<Users, 'findPerson' | 'people'>
  shows: Pick<Shows, 'get' | 'assertVisible'>
  comments: Pick<Comments, 'getById'>
}

export type Reports = Awaited<ReturnType<typeof createReports>>

/** Reports to the operators, and the operators' answers. */
export async function createReports({ reports, users, shows, comments }: ReportsParts) {
  await reports.createIndex({ openKey: 1 }, { unique: true, sparse: true })
  await reports.createIndex({ createdAt: -1, _id: -1 })
  await reports.createIndex({ status: 1, createdAt: -1, _id: -1 })
  await reports.createIndex({ reporterId: 1 })
  await reports.createIndex({ subjectOwnerId: 1 })

  /** Reads a subject for its reporter, by its kind. Throws NOT_FOUND for a subject the reporter may not see. */
  const readSubject: Record<SubjectKind, (subjectId: string, reporterId: string) => Promise<Subject>> = {
    async user(userId) {
      const person = await users.findPerson(userId)
      if (!person) throw noSuchPerson()
      return { ownerId: userId, excerpt: person.displayName }
    },
    async show(showId, reporterId) {
      const { creator, title } = await shows.get(showId, reporterId)
      return { ownerId: creator.id, excerpt: title }
    },
    async comment(commentId, reporterId) {
      const { showId, authorId, text } = await comments.getById(commentId)
      await shows.assertVisible(showId, reporterId)
      return { ownerId: authorId, excerpt: text }
    }
  }

  async function toReports(documents: readonly ReportDocument[]): Promise<Report[]> {
    const people = await users.people(documents.flatMap(({ reporterId }) => reporterId ?? []))
    return documents.map(document => toReport(document, people))
  }

  async function withReporter(document: ReportDocument): Promise<Report> {
    const { reporterId } = document
    return toReport(document, await users.people(reporterId === null ? [] : [reporterId]))
  }

  /** Returns the open report of this key, which is created if there is none. */
  async function openOnce(document: ReportDocument & { openKey: string }): Promise<ReportDocument> {
    const { openKey, ...fields } = document
    const opened = await reports.findOneAndUpdate(
      { openKey },
      { $setOnInsert: fields },
      { upsert: true, returnDocument: 'after' }
    )
    return opened ?? document
  }

  /** Throws NOT_FOUND, CONFLICT for an answered report. */
  async function assertOpen(reportId: string): Promise<void> {
    const report = await reports.findOne({ _id: reportId }, { projection: { status: 1 } })
    if (!report) throw new CodedError('NOT_FOUND', 'There is no such report.')
    if (report.status !== 'open') throw alreadyAnswered()
  }

  return {
    /**
     * Reports a subject. Returns the open report of the same person about the same subject, if there is one. Throws
     * NOT_FOUND.
     */
    async open(reporterId: string, { kind, subjectId, reason }: ReportDraft): Promise<Report> {
      const { ownerId, excerpt } = await readSubject[kind](subjectId, reporterId)
      const document = {
        _id: opaqueId(),
        openKey: `${reporterId}:${kind}:${subjectId}`,
        kind,
        subjectId,
        subjectOwnerId: ownerId,
        excerpt,
        reason,
        status: 'open' as const,
        answer: null,
        reporterId,
        createdAt: new Date(),
        answeredAt: null
      }
      try {
        return await withReporter(await openOnce(document))
      } catch (error) {
        // Another request has opened it between the read and the write of the upsert. Some servers report that instead
        // of retrying.
        if (isDuplicateKey(error)) return await withReporter(await openOnce(document))
        throw error
      }
    },

    /** All reports, newest first. */
    async list({ limit, cursor, status }: ReportsQuery): Promise<Page<Report>> {
      const found = await reports
        .find({ ...(status && { status }), ...olderThan(cursor) })
        .sort(newestFirst)
        .limit(limit + 1)
        .toArray()
      const { documents, nextCursor } = pageOf(found, limit)
      return { items: await toReports(documents), nextCursor }
    },

    assertOpen,

    /** Answers an open report, once. Throws NOT_FOUND, CONFLICT for an answered one. */
    async answer(reportId: string, answer: string): Promise<Report> {
      const answered = await reports.findOneAndUpdate(
        { _id: reportId, status: 'open' },
        { $set: { status: 'answered', answer, answeredAt: new Date() }, $unset: { openKey: '' } },
        { returnDocument: 'after' }
      )
      if (answered) return await withReporter(answered)
      await assertOpen(reportId)
      throw alreadyAnswered()
    },

    /** Yields the reports a person has made. */
    export: (reporterId: string): AsyncIterable<object> =>
      exportedRecords(reports, { reporterId }, document => {
        const { reporter, ...report } = toReport(document, new Map())
        return report
      }),

    /** Removes a person from the reports, as the reporter and as the owner of excerpts. */
    async erase(userId: string): Promise<void> {
      await updateInSlices(reports, { reporterId: userId }, { $set: { reporterId: null }, $unset: { openKey: '' } })
      await updateInSlices(reports, { subjectOwnerId: userId }, { $set: { subjectOwnerId: null, excerpt: '' } })
    }
  }
}

function alreadyAnswered(): CodedError {
  return new CodedError('CONFLICT', 'This report was answered already.')
}

function toReport(
  { _id, kind, subjectId, excerpt, reason, status, answer, reporterId, createdAt, answeredAt }: ReportDocument,
  people: ReadonlyMap<string, Person>
): Report {
  return {
    id: _id,
    kind,
    subjectId,
    excerpt,
    reason,
    status,
    answer,
    reporter: reporterId === null ? null : (people.get(reporterId) ?? null),
    createdAt: createdAt.toISOString(),
    answeredAt: answeredAt?.toISOString() ?? null
  }
}
