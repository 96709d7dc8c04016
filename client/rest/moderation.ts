import type { Ban, Member, ShowDecision } from '../../contract/moderation.ts'
import type { Page } from '../../contract/paging.ts'
import type { AuthorizedRequest } from '../request.ts'
import { queryOf, type PageOf } from './query.ts'

/** Who is in a show and who may not be: for its creator and co-hosts; the decisions for the creator alone. */
export function createModerationApi(request: AuthorizedRequest) {
  return {
    /** Who is in a live show; `q` is looked for in names. */
    members: async (showId: string, search: PageOf & { q?: string } = {}) =>
      await request<Page<Member>>('GET', `/shows/${showId}/members${queryOf(search)}`),
    bans: async (showId: string, page: PageOf = {}) =>
      await request<Page<Ban>>('GET', `/shows/${showId}/bans${queryOf(page)}`),
    unban: async (showId: string, userId: string) => await request<null>('DELETE', `/shows/${showId}/bans/${userId}`),
    decisions: async (showId: string, page: PageOf = {}) =>
      await request<Page<ShowDecision>>('GET', `/shows/${showId}/decisions${queryOf(page)}`)
  }
}
