import type { Page } from '../../contract/paging.ts'
import type { Show } from '../../contract/shows.ts'
import type { Person, PublicUser } from '../../contract/users.ts'
import type { AuthorizedRequest } from '../request.ts'
import { queryOf, type PageOf } from './query.ts'

/** Other people: their pages, and following them. */
export function createPeopleApi(request: AuthorizedRequest) {
  return {
    get: async (userId: string) => await request<PublicUser>('GET', `/users/${userId}`),
    follow: async (userId: string) => await request<null>('PUT', `/users/${userId}/follow`),
    unfollow: async (userId: string) => await request<null>('DELETE', `/users/${userId}/follow`),
    followers: async (userId: string, page: PageOf = {}) =>
      await request<Page<Person>>('GET', `/users/${userId}/followers${queryOf(page)}`),
    following: async (userId: string, page: PageOf = {}) =>
      await request<Page<Person>>('GET', `/users/${userId}/following${queryOf(page)}`),
    shows: async (userId: string, page: PageOf = {}) =>
      await request<Page<Show>>('GET', `/users/${userId}/shows${queryOf(page)}`)
  }
}
