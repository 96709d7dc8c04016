import type { Comment } from '../../contract/comments.ts'
import type { Page } from '../../contract/paging.ts'
import type { AuthorizedRequest } from '../request.ts'
import { toQuery, type PageOptions } from './query.ts'

/** Creates the requests about the comments of a show, also after it has ended. */
export function createCommentsApi(request: AuthorizedRequest) {
  return {
    /** Newest first. */
    list: async (showId: string, page: PageOptions = {}) =>
      await request<Page<Comment>>('GET', `/shows/${showId}/comments${toQuery(page)}`),
    delete: async (showId: string, commentId: string) =>
      await request<null>('DELETE', `/shows/${showId}/comments/${commentId}`)
  }
}
