import type { Invitation, InvitationDraft } from '../../contract/invitations.ts'
import type { Page } from '../../contract/paging.ts'
import type { Show } from '../../contract/shows.ts'
import type { AuthorizedRequest } from '../request.ts'
import { toQuery, type PageOptions } from './query.ts'

/** Creates the requests about invitations to private shows. */
export function createInvitationsApi(request: AuthorizedRequest) {
  return {
    list: async (showId: string, page: PageOptions = {}) =>
      await request<Page<Invitation>>('GET', `/shows/${showId}/invitations${toQuery(page)}`),
    /** Only this response contains the URL to share. */
    create: async (showId: string, draft: InvitationDraft = {}) =>
      await request<Invitation>('POST', `/shows/${showId}/invitations`, draft),
    withdraw: async (showId: string, invitationId: string) =>
      await request<null>('DELETE', `/shows/${showId}/invitations/${invitationId}`),
    accept: async (showId: string, token: string) =>
      await request<Show>('POST', `/shows/${showId}/invitations/accept`, { token })
  }
}
