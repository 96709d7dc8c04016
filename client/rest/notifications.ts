import type { EmailAddress } from '../../contract/email.ts'
import type { ShowReminders } from '../../contract/reminders.ts'
import type {
  Webhook,
  WebhookDeliveries,
  WebhookDelivery,
  WebhookDraft,
  WebhookPatch,
  Webhooks,
  WebhookWithSecret
} from '../../contract/webhooks.ts'
import type { AuthorizedRequest } from '../request.ts'

/** Creates the requests about the e-mail address of the user, and the links of mails. */
export function createEmailApi(request: AuthorizedRequest) {
  return {
    /** Returns the address of the user, and whether it is verified. */
    get: async () => await request<EmailAddress>('GET', '/users/me/email'),
    /** Sends a mail with a link to the address. Throws NOT_FOUND while the server sends no e-mail, RATE_LIMITED. */
    set: async (address: string) => await request<EmailAddress>('PUT', '/users/me/email', { address }),
    remove: async () => await request<null>('DELETE', '/users/me/email'),
    /** Verifies an address with the token of the link. Needs no sign-in. Throws NOT_FOUND for a link that has ended. */
    verify: async (token: string) => await request<null>('POST', '/email/verify', { token }),
    /** Ends the mails with the token of the link. Needs no sign-in. */
    unsubscribe: async (token: string) =>
      await request<null>('POST', `/email/unsubscribe?token=${encodeURIComponent(token)}`),
    /** Ends all mail of this server to the mailbox of the link, whoever enters its address. Needs no sign-in. */
    block: async (token: string) => await request<null>('POST', '/email/block', { token }),
    /** Allows mail to the mailbox of the link again. Needs no sign-in. */
    unblock: async (token: string) => await request<null>('POST', '/email/unblock', { token })
  }
}

/** Creates the requests about the webhooks of the user. */
export function createWebhooksApi(request: AuthorizedRequest) {
  const path = '/users/me/webhooks'
  return {
    list: async () => (await request<Webhooks>('GET', path)).items,
    /** The secret of the signatures (Standard Webhooks) is returned once. Throws CONFLICT for too many. */
    create: async (draft: WebhookDraft) => await request<WebhookWithSecret>('POST', path, draft),
    patch: async (webhookId: string, patch: WebhookPatch) =>
      await request<Webhook>('PATCH', `${path}/${webhookId}`, patch),
    delete: async (webhookId: string) => await request<null>('DELETE', `${path}/${webhookId}`),
    /** Makes a new secret. For a day, messages have a signature of the one before too. */
    rotateSecret: async (webhookId: string) => await request<WebhookWithSecret>('POST', `${path}/${webhookId}/secret`),
    /** Sends a `webhook.test`, once. `deliveries` says what became of it. */
    test: async (webhookId: string) => await request<WebhookDelivery>('POST', `${path}/${webhookId}/test`),
    /** Returns the last messages, newest first. */
    deliveries: async (webhookId: string) =>
      (await request<WebhookDeliveries>('GET', `${path}/${webhookId}/deliveries`)).items
  }
}

/** Creates the requests about reminders for planned shows. */
export function createRemindersApi(request: AuthorizedRequest) {
  return {
    /** Returns the planned shows of which the user is reminded, the next one first. */
    list: async () => (await request<ShowReminders>('GET', '/users/me/reminders')).items,
    /** The user is told ten minutes before the show, and when it starts. Throws CONFLICT when it has started. */
    set: async (showId: string) => await request<null>('PUT', `/shows/${showId}/reminder`),
    remove: async (showId: string) => await request<null>('DELETE', `/shows/${showId}/reminder`)
  }
}
