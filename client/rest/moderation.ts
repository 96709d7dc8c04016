import type { Ban, Member, ShowDecision } from '../../contract/moderation.ts'
import type { Page } from '../../contract/paging.ts'
import type { AuthorizedRequest } from '../request.ts'
import { toQuery, type PageOptions } from './query.ts'

/** Creates the requests about members and bans, for hosts, and about the log of decisions, for the creator. */
export function createModerationApi(request: AuthorizedRequest) {
  return {
    /** Returns the members of a live show. `q` is part of a name. */
    members: async (showId: string, search: PageOptions & { q?: string } = {}) =>
      await request<Page<Member>>('GET', `/shows/${showId}/members${toQuery(search)}`),
    bans: async (showId: string, page: PageOptions = {}) =>
      await request<Page<Ban>>('GET', `/shows/${showId}/bans${toQuery(page)}`),
    unban: async (showId: string, userId: string) => await request<null>('DELETE', `/shows/${showId}/bans/${userId}`),
    decisions: async (showId: string, page: PageOptions = {}) =>
      await request<Page<ShowDecision>>('GET', `/shows/${showId}/decisions${toQuery(page)}`)
  }
}
