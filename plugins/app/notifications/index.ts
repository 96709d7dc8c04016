import fp from 'fastify-plugin'
import { createCalendars, type CalendarFeedDocument, type Calendars } from './calendars/calendars.ts'
import { createSealedBox } from '../identity/sealed-box.ts'
import { createBlockedMailboxes, type BlockedMailboxDocument } from './email/blocked-mailboxes.ts'
import { createEmailAddresses, type EmailAddressDocument, type EmailAddresses } from './email/email-addresses.ts'
import { createCheckWorker } from './email/check-worker.ts'
import { createEmailChannel } from './email/email-channel.ts'
import { createEmailTokens } from './email/email-tokens.ts'
import { createMailLimits, type MailLimitDocument } from './email/mail-limits.ts'
import { openMailer } from './email/mailer.ts'
import type { Channel } from './channel.ts'
import { createChannelHealth } from './channel-health.ts'
import { createEligibility } from './eligibility.ts'
import { createFanOut } from './fan-out.ts'
import { createMessageWorker } from './message-worker.ts'
import { createOutbound } from './outbound/post.ts'
import { createPushChannel, publicVapidKey } from './push/push-channel.ts'
import {
  createPushSubscriptions,
  type PushSubscriptionDocument,
  type PushSubscriptions
} from './push/push-subscriptions.ts'
import { openQueueTables } from './queue/documents.ts'
import { createMessageQueue } from './queue/message-queue.ts'
import { createOccasionQueue } from './queue/occasion-queue.ts'
import { createReminders, type ReminderDocument, type Reminders } from './reminders/reminders.ts'
import { createRounds } from './rounds.ts'
import { createShowFacts } from './show-facts.ts'
import type { Slots } from './slots.ts'
import {
  createNotificationPreferences,
  type NotificationPreferences,
  type NotificationSettingsDocument
} from './settings/notification-settings.ts'
import { openWebhookTables } from './webhooks/documents.ts'
import { createWebhookRounds } from './webhooks/webhook-rounds.ts'
import { createWebhooks, type Webhooks } from './webhooks/webhooks.ts'

declare module 'fastify' {
  interface FastifyInstance {
    calendars: Calendars
    emailAddresses: EmailAddresses
    reminders: Reminders
    webhooks: Webhooks
    notificationPreferences: NotificationPreferences
    pushSubscriptions: PushSubscriptions
    /** The public key for push messages; null while push is off. */
    pushKey: string | null
  }
}

const roundEveryMs = 1000
const removeEveryMs = 3_600_000
/** Done messages are kept for this time. */
const keptMs = 7 * 24 * 3_600_000

/** Notifications: tells people about the shows of those whom they follow. */
export default fp(
  async app => {
    const { config, db, shows, showEvents, liveShows, showData, users, follows, blocks, suspensions, sessions } = app
    const { publicUrl, personalData, pseudonymOf, metrics, readiness } = app
    const log = app.log.child({ part: 'notifications' })
    const nowMs = Date.now
    const feeds = db.collection<CalendarFeedDocument>('calendarFeeds')
    const calendars = await createCalendars({ feeds, shows, users, follows, suspensions, publicUrl })
    app.decorate('calendars', calendars)
    personalData.register('calendarFeed', calendars.personalData)

    const preferences = createNotificationPreferences(
      db.collection<NotificationSettingsDocument>('notificationSettings')
    )
    app.decorate('notificationPreferences', preferences)
    personalData.register('notificationSettings', preferences.personalData)

    const reminders = await createReminders({ reminders: db.collection<ReminderDocument>('showReminders'), shows })
    app.decorate('reminders', reminders)
    personalData.register('showReminders', reminders.personalData)
    showData.register('showReminders', reminders.removeOfShow)
    app.maintenance.every('remove reminders of ended shows', removeEveryMs, reminders.removeEnded)

    const tokens = createEmailTokens(
      createSealedBox(config.TOKEN_KEYS, { purpose: 'ambient links in mails', setting: 'TOKEN_KEYS' })
    )
    const limits = await createMailLimits({
      limits: db.collection<MailLimitDocument>('mailLimits'),
      hash: pseudonymOf,
      maxPerHour: config.MAIL_CHECKS_PER_HOUR,
      nowMs
    })
    app.maintenance.every('remove old mail limits', removeEveryMs, limits.removeEnded)
    const blocked = createBlockedMailboxes({
      blocked: db.collection<BlockedMailboxDocument>('blockedMailboxes'),
      ...{ hash: pseudonymOf, nowMs }
    })
    const addresses = await createEmailAddresses({
      addresses: db.collection<EmailAddressDocument>('emailAddresses'),
      ...{ tokens, limits, blocked, preferences, nowMs },
      isAvailable: config.SMTP_URL !== undefined
    })
    app.decorate('emailAddresses', addresses)
    personalData.register('emailAddress', addresses.personalData)

    const outbound = createOutbound({ allowsPrivate: config.NOTIFY_PRIVATE_ADDRESSES })
    app.addHook('onClose', async () => outbound.close())
    const webhookTables = await openWebhookTables(db)
    const webhookBox = createSealedBox(config.TOKEN_KEYS, {
      purpose: 'ambient secrets of webhooks',
      setting: 'TOKEN_KEYS'
    })
    const webhooks = createWebhooks({ ...webhookTables, outbound, box: webhookBox, nowMs })
    app.decorate('webhooks', webhooks)
    personalData.register('webhooks', webhooks.personalData)
    app.addHook('onReady', async () => {
      const count = await webhooks.reseal()
      if (count > 0) log.info({ count }, 'secrets of webhooks sealed again with the newest of TOKEN_KEYS')
    })

    const subscriptions = await createPushSubscriptions({
      subscriptions: db.collection<PushSubscriptionDocument>('pushSubscriptions'),
      ...{ outbound, sessions }
    })
    app.decorate('pushSubscriptions', subscriptions)
    personalData.register('pushSubscriptions', subscriptions.personalData)
    sessions.onRevoked(signInIds => {
      // Not awaited: the connections of the sign-ins end while the store does not answer.
      subscriptions.removeOfSignIns(signInIds).catch((err: unknown) => {
        log.warn({ err, count: signInIds.length }, 'push subscriptions of ended sign-ins not removed')
      })
    })
    app.maintenance.every('remove push subscriptions of ended sign-ins', removeEveryMs, subscriptions.removeEnded)
    const vapidKey = config.PUSH_VAPID_KEY
    app.decorate('pushKey', vapidKey === undefined ? null : publicVapidKey(vapidKey))

    const tables = await openQueueTables(db)
    const messages = createMessageQueue(tables, nowMs)
    showData.register('notifications', messages.removeOfShow)
    personalData.register('notifications', messages.personalData)
    app.maintenance.every('remove old notifications', removeEveryMs, async () => {
      await messages.removeBefore(new Date(nowMs() - keptMs))
    })

    const webhookRounds = createWebhookRounds({
      ...webhookTables,
      ...{ shows, publicUrl, nowMs, outbound, box: webhookBox, metrics: metrics.notifications, log }
    })
    showData.register('webhooks', webhookRounds.removeOfShow)
    app.maintenance.every('remove old messages to webhooks', removeEveryMs, webhookRounds.removeOld)
    app.addHook('onListen', async () => webhookRounds.open())
    app.addHook('onClose', async () => await webhookRounds.close())

    const closing = new AbortController()
    const { signal } = closing
    const channels: Channel[] = []
    const workers: Slots[] = []
    if (vapidKey !== undefined) {
      const health = createChannelHealth('push services accept no messages')
      readiness.addOptional('push', health.check)
      const contact = () => config.PUSH_CONTACT ?? httpsOr(publicUrl(), 'mailto:operator@localhost')
      channels.push(createPushChannel({ subscriptions, outbound, vapidKey, contact, health, log, nowMs }))
    }
    const mailer = openMailer(config, signal)
    if (mailer) {
      app.addHook('onClose', async () => mailer.close())
      const health = createChannelHealth('the mail server accepts no messages')
      readiness.addOptional('email', health.check)
      const parts = { addresses, tokens, blocked, mailer, publicUrl, health, log }
      channels.push(createEmailChannel(parts))
      workers.push(createCheckWorker({ ...parts, signal, nowMs }))
    }
    if (channels.length === 0) return

    const eligibility = createEligibility({
      facts: createShowFacts({ shows, users }),
      ...{ shows, showEvents, liveShows, follows, reminders, blocks, suspensions, preferences, publicUrl, nowMs }
    })
    const fanOut = createFanOut({
      occasions: createOccasionQueue(tables, nowMs),
      ...{ messages, shows, follows, reminders, preferences, channels, nowMs }
    })
    const meter = metrics.notifications
    for (const channel of channels) {
      workers.push(createMessageWorker({ queue: messages, eligibility, channel, metrics: meter, log, signal }))
    }
    const rounds = createRounds({
      name: 'fan-out',
      async find() {
        await fanOut.find()
        await fanOut.run(signal)
      },
      ...{ workers, everyMs: roundEveryMs, log, closing }
    })
    app.addHook('onListen', async () => rounds.open())
    app.addHook('onClose', async () => await rounds.close())
  },
  {
    name: 'notifications',
    dependencies: ['mongodb', 'metrics', 'operations', 'privacy', 'http', 'people', 'identity', 'shows']
  }
)

function httpsOr(url: string, other: string): string {
  return url.startsWith('https:') ? url : other
}
