import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { CodedError } from '../../../contract/errors.ts'
import type { Page } from '../../../contract/paging.ts'
import type { Report, ReportDraft, ReportsQuery } from '../../../contract/safety.ts'
import type { Person } from '../../../contract/users.ts'
import { isDuplicateKey } from '../documents/is-duplicate-key.ts'
import { newestFirst, olderThan, pageOf } from '../documents/keyset.ts'
import { opaqueId } from '../documents/opaque-id.ts'

declare module 'fastify' {
  interface FastifyInstance {
    reports: Reports
  }
}

type SubjectKind = Report['kind']

/** What a report is about, as its reporter sees it. */
interface Subject {
  ownerId: string | null
  excerpt: string
}

interface ReportDocument {
  _id: string
  /** Reporter and subject while the report is open: unique, so that asking twice makes one report. */
  openKey?: string
  kind: SubjectKind
  subjectId: string
  /** Whose name, title or text the excerpt is. */
  subjectOwnerId: string | null
  excerpt: string
  reason: string
  status: Report['status']
  answer: string | null
  /** Null once the reporter's account is gone. */
  reporterId: string | null
  createdAt: Date
  answeredAt: Date | null
}

export type Reports = Awaited<ReturnType<typeof createReports>>

/** What people report to the operators, and what the operators answered. */
export async function createReports(app: FastifyInstance) {
  const reports = app.db.collection<ReportDocument>('reports')
  await reports.createIndex({ openKey: 1 }, { unique: true, sparse: true })
  await reports.createIndex({ createdAt: -1, _id: -1 })
  await reports.createIndex({ status: 1, createdAt: -1, _id: -1 })
  await reports.createIndex({ reporterId: 1 })
  await reports.createIndex({ subjectOwnerId: 1 })

  /** How each kind of subject is looked up for the person who reports it. Throws NOT_FOUND for what they may not see. */
  const subjects: Record<SubjectKind, (subjectId: string, reporterId: string) => Promise<Subject>> = {
    async user(userId) {
      const person = await app.users.findPerson(userId)
      if (!person) throw new CodedError('NOT_FOUND', 'There is no such person.')
      return { ownerId: userId, excerpt: person.displayName }
    },
    async show(showId, reporterId) {
      const { creator, title } = await app.shows.get(showId, reporterId)
      return { ownerId: creator.id, excerpt: title }
    },
    async comment(commentId, reporterId) {
      const { showId, authorId, text } = await app.comments.getById(commentId)
      await app.shows.requireVisible(showId, reporterId)
      return { ownerId: authorId, excerpt: text }
    }
  }

  async function views(documents: readonly ReportDocument[]): Promise<Report[]> {
    const people = await app.users.people(documents.flatMap(({ reporterId }) => reporterId ?? []))
    return documents.map(document => toReport(document, people))
  }

  async function view(document: ReportDocument): Promise<Report> {
    const [report] = await views([document])
    if (!report) throw new CodedError('NOT_FOUND', 'There is no such report.')
    return report
  }

  /** The open report of this key: the one that is there, or this one. */
  async function openOnce(document: ReportDocument & { openKey: string }): Promise<ReportDocument> {
    const { openKey, ...fields } = document
    const opened = await reports.findOneAndUpdate(
      { openKey },
      { $setOnInsert: fields },
      { upsert: true, returnDocument: 'after' }
    )
    return opened ?? document
  }

  return {
    /** Reports something; while a report of the same person about the same subject is open, that one. Throws NOT_FOUND. */
    async open(reporterId: string, { kind, subjectId, reason }: ReportDraft): Promise<Report> {
      const { ownerId, excerpt } = await subjects[kind](subjectId, reporterId)
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
        return await view(await openOnce(document))
      } catch (error) {
        // Another request opened it between our looking and our writing: a server may tell us so instead of looking again.
        if (isDuplicateKey(error)) {
          return await view(await openOnce(document))
        }
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
      return { items: await views(documents), nextCursor }
    },

    /** Throws NOT_FOUND, CONFLICT when it was answered. */
    async requireOpen(reportId: string): Promise<void> {
      const report = await reports.findOne({ _id: reportId }, { projection: { status: 1 } })
      if (!report) throw new CodedError('NOT_FOUND', 'There is no such report.')
      if (report.status !== 'open') throw new CodedError('CONFLICT', 'This report was answered already.')
    },

    /** Answers an open report, once. Throws NOT_FOUND, CONFLICT. */
    async answer(reportId: string, answer: string): Promise<Report> {
      const answered = await reports.findOneAndUpdate(
        { _id: reportId, status: 'open' },
        { $set: { status: 'answered', answer, answeredAt: new Date() }, $unset: { openKey: '' } },
        { returnDocument: 'after' }
      )
      if (answered) return await view(answered)
      await this.requireOpen(reportId)
      throw new CodedError('CONFLICT', 'This report was answered already.')
    },

    /** The reports a person made. */
    async *madeBy(reporterId: string): AsyncGenerator<object> {
      for await (const document of reports.find({ reporterId })) {
        const { reporter, ...report } = toReport(document, new Map())
        yield report
      }
    },

    /** Takes a person out of the reports: as the one who made them, and as the one whose words they show. */
    async forget(userId: string): Promise<void> {
      await reports.updateMany({ reporterId: userId }, { $set: { reporterId: null }, $unset: { openKey: '' } })
      await reports.updateMany({ subjectOwnerId: userId }, { $set: { subjectOwnerId: null, excerpt: '' } })
    }
  }
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

export default fp(
  async app => {
    const reports = await createReports(app)
    app.decorate('reports', reports)
    app.personalData.register('reports', {
      export: userId => reports.madeBy(userId),
      erase: async userId => await reports.forget(userId)
    })
  },
  { name: 'reports', dependencies: ['mongodb', 'users', 'shows', 'comments', 'personal-data'] }
)
