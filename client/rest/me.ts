import type { SignInSession } from '../../contract/auth.ts'
import type { Page } from '../../contract/paging.ts'
import type { CodeExchange, LinkRequest, LinkStart } from '../../contract/sign-in.ts'
import type { Block, User, UserPatch } from '../../contract/users.ts'
import type { AuthorizedRequest } from '../request.ts'
import type { AuthorizedUpload, UploadFile, UploadOptions } from '../upload.ts'
import { queryOf, type PageOf } from './query.ts'

export interface MeParts {
  request: AuthorizedRequest
  upload: AuthorizedUpload
  /** The person is another one than before: a new name, another picture. */
  changed: (user: User) => void
  /** The account is no more. */
  erased: () => Promise<void>
}

/** One's own account: profile, picture, places where one is signed in, blocked people, everything held about one. */
export function createMeApi({ request, upload, changed, erased }: MeParts) {
  async function changing(doing: Promise<User>): Promise<User> {
    const user = await doing
    changed(user)
    return user
  }

  return {
    get: async () => await changing(request<User>('GET', '/users/me')),
    patch: async (patch: UserPatch) => await changing(request<User>('PATCH', '/users/me', patch)),
    /** JPEG, PNG or WebP up to 5 MiB. */
    setAvatar: async (picture: UploadFile, options: UploadOptions = {}) =>
      await changing(upload<User>('PUT', '/users/me/avatar', picture, options)),
    removeAvatar: async () => await changing(request<User>('DELETE', '/users/me/avatar')),
    sessions: async (page: PageOf = {}) =>
      await request<Page<SignInSession>>('GET', `/users/me/sessions${queryOf(page)}`),
    endSession: async (sessionId: string) => await request<null>('DELETE', `/users/me/sessions/${sessionId}`),
    blocks: async (page: PageOf = {}) => await request<Page<Block>>('GET', `/users/me/blocks${queryOf(page)}`),
    block: async (userId: string) => await request<null>('PUT', `/users/me/blocks/${userId}`),
    unblock: async (userId: string) => await request<null>('DELETE', `/users/me/blocks/${userId}`),
    /** Begins to link Spotify: open what it answers; it comes back to `redirectUri` with a code. */
    startLinkingSpotify: async (begin: LinkRequest) => await request<LinkStart>('POST', '/users/me/spotify', begin),
    /** CONFLICT when another account has it. */
    linkSpotify: async (exchange: CodeExchange) => await changing(request<User>('PUT', '/users/me/spotify', exchange)),
    unlinkSpotify: async () => {
      await request<null>('DELETE', '/users/me/spotify')
      changed(await request<User>('GET', '/users/me'))
    },
    /** Everything held about the caller, by concern. */
    export: async () => await request<Record<string, unknown>>('GET', '/users/me/export'),
    /** Erases the account and what belongs to it, for good; signed out here. */
    erase: async () => {
      await request<null>('DELETE', '/users/me')
      await erased()
    }
  }
}
