import type { Comment } from '../../contract/comments.ts'
import type { Page } from '../../contract/paging.ts'
import type { AuthorizedRequest } from '../request.ts'
import { queryOf, type PageOf } from './query.ts'

/** What was said in a show, also after it. */
export function createCommentsApi(request: AuthorizedRequest) {
  return {
    /** Newest first. */
    list: async (showId: string, page: PageOf = {}) =>
      await request<Page<Comment>>('GET', `/shows/${showId}/comments${queryOf(page)}`),
    delete: async (showId: string, commentId: string) =>
      await request<null>('DELETE', `/shows/${showId}/comments/${commentId}`)
  }
}
