import type { SignInSession } from '../../contract/auth.ts'
import type { BlockedWords } from '../../contract/blocked-words.ts'
import type { CalendarFeed, CalendarFeedAddress } from '../../contract/calendars.ts'
import type { OnlinePeople } from '../../contract/live.ts'
import type {
  NotificationSettings,
  NotificationSettingsPatch,
  PushKey,
  PushSubscription,
  PushSubscriptionDraft,
  PushSubscriptions
} from '../../contract/notifications.ts'
import type { Page } from '../../contract/paging.ts'
import type { CodeExchange, LinkRequest, LinkStart } from '../../contract/sign-in.ts'
import type { Block, User, UserPatch } from '../../contract/users.ts'
import type { AuthorizedRequest } from '../request.ts'
import type { AuthorizedUpload, UploadFile, UploadOptions } from '../upload.ts'
import { toQuery, type PageOptions } from './query.ts'

export interface MeParts {
  request: AuthorizedRequest
  upload: AuthorizedUpload
  /** The profile has changed. */
  onUserChanged: (user: User) => void
  /** The account is erased. */
  onErased: () => Promise<void>
}

/** Creates the requests about the user's own account: profile, picture, sign-ins, blocked users, and stored data. */
export function createMeApi({ request, upload, onUserChanged, onErased }: MeParts) {
  async function reportChange(response: Promise<User>): Promise<User> {
    const user = await response
    onUserChanged(user)
    return user
  }

  return {
    get: async () => await reportChange(request<User>('GET', '/users/me')),
    patch: async (patch: UserPatch) => await reportChange(request<User>('PATCH', '/users/me', patch)),
    /** JPEG, PNG or WebP up to 5 MiB. */
    setAvatar: async (picture: UploadFile, options: UploadOptions = {}) =>
      await reportChange(upload<User>('PUT', '/users/me/avatar', picture, options)),
    removeAvatar: async () => await reportChange(request<User>('DELETE', '/users/me/avatar')),
    sessions: async (page: PageOptions = {}) =>
      await request<Page<SignInSession>>('GET', `/users/me/sessions${toQuery(page)}`),
    endSession: async (sessionId: string) => await request<null>('DELETE', `/users/me/sessions/${sessionId}`),
    blocks: async (page: PageOptions = {}) => await request<Page<Block>>('GET', `/users/me/blocks${toQuery(page)}`),
    block: async (userId: string) => await request<null>('PUT', `/users/me/blocks/${userId}`),
    unblock: async (userId: string) => await request<null>('DELETE', `/users/me/blocks/${userId}`),
    /** Returns the words that comments in the user's shows may not have. */
    blockedWords: async () => (await request<BlockedWords>('GET', '/users/me/blocked-words')).words,
    /**
     * Replaces the words; live shows follow at once. Returns the stored ones. Throws VALIDATION: the path of an issue,
     * such as `/words/3`, names the place of the word.
     */
    setBlockedWords: async (words: string[]) =>
      (await request<BlockedWords>('PUT', '/users/me/blocked-words', { words })).words,
    /** Returns the people the user follows who are online and let followers see it, and their public shows. */
    followingOnline: async () => await request<OnlinePeople>('GET', '/users/me/following/online'),
    /** Starts linking Spotify. Open the returned URL; the browser returns to `redirectUri` with a code. */
    startLinkingSpotify: async (link: LinkRequest) => await request<LinkStart>('POST', '/users/me/spotify', link),
    /** Throws CONFLICT when the Spotify account is linked to another user. */
    linkSpotify: async (exchange: CodeExchange) =>
      await reportChange(request<User>('PUT', '/users/me/spotify', exchange)),
    unlinkSpotify: async () => {
      await request<null>('DELETE', '/users/me/spotify')
      onUserChanged(await request<User>('GET', '/users/me'))
    },
    /** Returns since when the user has a calendar feed; null without one. */
    calendar: async () => await request<CalendarFeed>('GET', '/users/me/calendar'),
    /** Makes the secret address of a calendar feed with the shows of followed people. The address before it ends. */
    createCalendar: async () => await request<CalendarFeedAddress>('PUT', '/users/me/calendar'),
    removeCalendar: async () => await request<null>('DELETE', '/users/me/calendar'),
    /** Returns what the user is told about, and when. */
    notifications: async () => await request<NotificationSettings>('GET', '/users/me/notifications'),
    setNotifications: async (patch: NotificationSettingsPatch) =>
      await request<NotificationSettings>('PATCH', '/users/me/notifications', patch),
    /** Returns the public key for `pushManager.subscribe`; null while the server sends no push messages. */
    pushKey: async () => (await request<PushKey>('GET', '/push/key')).key,
    /** Subscribes a browser with what `toJSON()` of its `PushSubscription` returns. It ends with this sign-in. */
    subscribePush: async (subscription: PushSubscriptionDraft) =>
      await request<PushSubscription>('PUT', '/users/me/push-subscriptions', subscription),
    pushSubscriptions: async () => (await request<PushSubscriptions>('GET', '/users/me/push-subscriptions')).items,
    unsubscribePush: async (subscriptionId: string) =>
      await request<null>('DELETE', `/users/me/push-subscriptions/${subscriptionId}`),
    /** Returns everything stored about the user, by concern. `unreadable` names damaged records, which are left out. */
    export: async () => await request<Record<string, unknown>>('GET', '/users/me/export'),
    /** Erases the account and its data for good, and signs out. */
    erase: async () => {
      await request<null>('DELETE', '/users/me')
      await onErased()
    }
  }
}
