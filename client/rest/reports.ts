import type { Report, ReportDraft } from '../../contract/safety.ts'
import type { AuthorizedRequest } from '../request.ts'

/** Telling the operators about a person, a show or a comment. */
export function createReportsApi(request: AuthorizedRequest) {
  return {
    create: async (draft: ReportDraft) => await request<Report>('POST', '/reports', draft)
  }
}
