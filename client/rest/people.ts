import type { Page } from '../../contract/paging.ts'
import type { Show } from '../../contract/shows.ts'
import type { Person, PublicUser } from '../../contract/users.ts'
import type { AuthorizedRequest } from '../request.ts'
import { toQuery, type PageOptions } from './query.ts'

/** Creates the requests about other users: their profiles, and following them. */
export function createPeopleApi(request: AuthorizedRequest) {
  return {
    get: async (userId: string) => await request<PublicUser>('GET', `/users/${userId}`),
    follow: async (userId: string) => await request<null>('PUT', `/users/${userId}/follow`),
    unfollow: async (userId: string) => await request<null>('DELETE', `/users/${userId}/follow`),
    followers: async (userId: string, page: PageOptions = {}) =>
      await request<Page<Person>>('GET', `/users/${userId}/followers${toQuery(page)}`),
    following: async (userId: string, page: PageOptions = {}) =>
      await request<Page<Person>>('GET', `/users/${userId}/following${toQuery(page)}`),
    shows: async (userId: string, page: PageOptions = {}) =>
      await request<Page<Show>>('GET', `/users/${userId}/shows${toQuery(page)}`),
    /** Returns the user's public shows on air and to come, as iCalendar. Calendars can subscribe to its address. */
    calendar: async (userId: string) => await request<string>('GET', `/users/${userId}/shows.ics`)
  }
}
