import type { CreatorAnalytics, ShowAnalytics } from '../../contract/analytics.ts'
import type { AuthorizedRequest } from '../request.ts'
import { toQuery, type PageOptions } from './query.ts'

/** Creates the requests for the numbers of shows. */
export function createAnalyticsApi(request: AuthorizedRequest) {
  return {
    /** For the creator and co-hosts of a show, also while it is live. */
    show: async (showId: string) => await request<ShowAnalytics>('GET', `/shows/${showId}/analytics`),
    /** One row for each minute of a show, as CSV (RFC 4180). */
    showCsv: async (showId: string) => await request<string>('GET', `/shows/${showId}/analytics.csv`),
    /** The signed-in user's shows, newest first. */
    mine: async (page: PageOptions = {}) =>
      await request<CreatorAnalytics>('GET', `/users/me/analytics${toQuery(page)}`)
  }
}
