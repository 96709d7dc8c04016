import type { Page } from '../../contract/paging.ts'
import type { Show, ShowDraft, ShowPatch } from '../../contract/shows.ts'
import type { AuthorizedRequest } from '../request.ts'
import { queryOf, type PageOf } from './query.ts'

export interface ShowSearch extends PageOf {
  status?: 'live' | 'scheduled' | 'ended'
  creatorId?: string
  followed?: boolean
  q?: string
}

/** Shows as they are kept: finding, planning, starting, ending. */
export function createShowsApi(request: AuthorizedRequest) {
  return {
    list: async (search: ShowSearch = {}) => await request<Page<Show>>('GET', `/shows${queryOf(search)}`),
    get: async (showId: string) => await request<Show>('GET', `/shows/${showId}`),
    create: async (draft: ShowDraft) => await request<Show>('POST', '/shows', draft),
    patch: async (showId: string, patch: ShowPatch) => await request<Show>('PATCH', `/shows/${showId}`, patch),
    /** Only before it was live. */
    delete: async (showId: string) => await request<null>('DELETE', `/shows/${showId}`),
    start: async (showId: string) => await request<Show>('POST', `/shows/${showId}/start`),
    end: async (showId: string) => await request<Show>('POST', `/shows/${showId}/end`)
  }
}
