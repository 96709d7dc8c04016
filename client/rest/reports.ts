import type { Report, ReportDraft } from '../../contract/safety.ts'
import type { AuthorizedRequest } from '../request.ts'

/** Creates the request that reports a user, a show or a comment to the operators. */
export function createReportsApi(request: AuthorizedRequest) {
  return {
    create: async (draft: ReportDraft) => await request<Report>('POST', '/reports', draft)
  }
}
