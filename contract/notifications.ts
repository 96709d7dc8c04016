import { Type, type Static } from 'typebox'
import { Exactly, Id, IsoTime, Nullable, OneOf } from './primitives.ts'
import { Person } from './users.ts'

/** The public key with which browsers subscribe to push messages of this server; null while push is off. */
export const PushKey = Exactly({
  key: Nullable(Type.String({ description: 'Public key of the curve P-256, uncompressed, base64url' }))
})
export type PushKey = Static<typeof PushKey>

/** A subscription as `PushSubscription.toJSON()` of a browser gives it. */
export const PushSubscriptionDraft = Exactly(
  {
    endpoint: Type.String({ format: 'uri', pattern: '^https?://', maxLength: 1000 }),
    expirationTime: Type.Optional(Nullable(Type.Number())),
    keys: Exactly({
      p256dh: Type.String({
        pattern: '^[A-Za-z0-9_-]{87}=?$',
        maxLength: 88,
        description: 'Key of the browser, base64url'
      }),
      auth: Type.String({
        pattern: '^[A-Za-z0-9_-]{22}(==)?$',
        maxLength: 24,
        description: 'Secret of the browser, base64url'
      })
    })
  },
  {
    examples: [
      {
        endpoint: 'https://push.example.org/send/k3Jd82mP',
        keys: {
          p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
          auth: 'BTBZMqHH6r4Tts7J_aSIgg'
        }
      }
    ]
  }
)
export type PushSubscriptionDraft = Static<typeof PushSubscriptionDraft>

/** A browser that gets push messages of the caller. The address at its push service is not shown. */
export const PushSubscription = Exactly({ id: Id, device: Type.String(), createdAt: IsoTime })
export type PushSubscription = Static<typeof PushSubscription>

export const PushSubscriptions = Exactly({ items: Type.Array(PushSubscription) })
export type PushSubscriptions = Static<typeof PushSubscriptions>

const TimeOfDay = Type.String({
  pattern: '^([01]\\d|2[0-3]):[0-5]\\d$',
  maxLength: 5,
  description: 'Hours and minutes, such as 22:30'
})

/** Hours in which the person is told nothing. They may cross midnight. */
export const QuietHours = Exactly(
  {
    from: TimeOfDay,
    to: TimeOfDay,
    timeZone: Type.String({ minLength: 1, maxLength: 64, description: 'IANA time zone, such as Europe/Berlin' })
  },
  { examples: [{ from: '22:30', to: '07:00', timeZone: 'Europe/Berlin' }] }
)
export type QuietHours = Static<typeof QuietHours>

/** The shows that the caller is told about. */
export const NotificationSettings = Exactly({
  creators: OneOf(['all', 'none'], 'Whose shows: those of all people whom the caller follows, or nobody'),
  mutedCreatorIds: Type.Array(Id, {
    maxItems: 500,
    uniqueItems: true,
    description: 'People about whom nothing is told'
  }),
  push: Type.Boolean({ description: 'Whether the browsers of the caller get push messages' }),
  email: Type.Boolean({ description: 'Whether the verified address of the caller gets e-mail' }),
  quietHours: Nullable(QuietHours)
})
export type NotificationSettings = Static<typeof NotificationSettings>

/** Body of `PATCH /v1/users/me/notifications`. */
export const NotificationSettingsPatch = Exactly({
  creators: Type.Optional(NotificationSettings.properties.creators),
  mutedCreatorIds: Type.Optional(NotificationSettings.properties.mutedCreatorIds),
  push: Type.Optional(Type.Boolean()),
  email: Type.Optional(Type.Boolean()),
  quietHours: Type.Optional(Nullable(QuietHours))
})
export type NotificationSettingsPatch = Static<typeof NotificationSettingsPatch>

const ofShow = {
  showId: Id,
  title: Type.String(),
  creator: Person,
  url: Type.String({ description: 'Address of the page of the show' })
}

/** A show of somebody whom the caller follows has started, or one of which the caller is reminded. */
export const ShowStartedMessage = Exactly({ type: Type.Literal('show:started'), ...ofShow, startedAt: IsoTime })
export type ShowStartedMessage = Static<typeof ShowStartedMessage>

/** A show of which the caller is reminded starts in some minutes. */
export const ShowSoonMessage = Exactly({ type: Type.Literal('show:soon'), ...ofShow, startsAt: IsoTime })
export type ShowSoonMessage = Static<typeof ShowSoonMessage>

/** The content of a push message, JSON. Clients ignore a `type` that they do not know. */
export const PushMessage = Type.Union([ShowStartedMessage, ShowSoonMessage])
export type PushMessage = Static<typeof PushMessage>
