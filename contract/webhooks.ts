import { Type, type Static } from 'typebox'
import { Exactly, Id, IsoTime, Nullable, OneOf } from './primitives.ts'
import { ShowStatus, Visibility } from './shows.ts'

/** Something that happens with a show of the owner. `show.scheduled` comes again when the planned time changes. */
export const WebhookEvent = OneOf(['show.scheduled', 'show.started', 'show.ended'], 'What happens with a show')
export type WebhookEvent = Static<typeof WebhookEvent>

const Url = Type.String({ format: 'uri', pattern: '^https?://', maxLength: 1000 })
const Events = Type.Array(WebhookEvent, { minItems: 1, maxItems: 3, uniqueItems: true })

/** Body of `POST /v1/users/me/webhooks`. The address must be https and on the public internet. */
export const WebhookDraft = Exactly(
  { url: Url, events: Events },
  { examples: [{ url: 'https://example.org/hooks/ambient', events: ['show.started'] }] }
)
export type WebhookDraft = Static<typeof WebhookDraft>

/** Body of `PATCH /v1/users/me/webhooks/:webhookId`. `isEnabled` true forgets earlier failures. */
export const WebhookPatch = Exactly({
  url: Type.Optional(Url),
  events: Type.Optional(Events),
  isEnabled: Type.Optional(Type.Boolean())
})
export type WebhookPatch = Static<typeof WebhookPatch>

/** An address of the caller that is told about their shows. */
export const Webhook = Exactly({
  id: Id,
  url: Type.String(),
  events: Type.Array(WebhookEvent),
  isEnabled: Type.Boolean(),
  disabledReason: Nullable(
    OneOf(['gone', 'failing'], 'Reason for which the server disabled it: it answered 410, or failed too often')
  ),
  createdAt: IsoTime
})
export type Webhook = Static<typeof Webhook>

/** A webhook with the secret that signs its messages, `whsec_…`. It is shown once. */
export const WebhookWithSecret = Exactly({
  ...Webhook.properties,
  secret: Type.String({ description: 'Secret of the signatures, `whsec_` and base64' })
})
export type WebhookWithSecret = Static<typeof WebhookWithSecret>

export const Webhooks = Exactly({ items: Type.Array(Webhook) })
export type Webhooks = Static<typeof Webhooks>

const DeliveredEvent = OneOf(['show.scheduled', 'show.started', 'show.ended', 'webhook.test'], 'Type of the message')

/** A message to a webhook, and what became of it. `id` is the header `webhook-id`. */
export const WebhookDelivery = Exactly({
  id: Id,
  event: DeliveredEvent,
  showId: Nullable(Id),
  status: OneOf(['waiting', 'delivered', 'failed']),
  attempts: Type.Integer({ minimum: 0 }),
  answer: Nullable(Type.Integer({ description: 'HTTP status of the last answer' })),
  error: Nullable(OneOf(['address', 'timeout', 'connection'], 'Reason for which the last attempt got no answer')),
  nextAt: Nullable(Type.Unsafe<string>({ ...IsoTime, description: 'Time of the next attempt' })),
  createdAt: IsoTime
})
export type WebhookDelivery = Static<typeof WebhookDelivery>

/** The last messages to a webhook, newest first. */
export const WebhookDeliveries = Exactly({ items: Type.Array(WebhookDelivery) })
export type WebhookDeliveries = Static<typeof WebhookDeliveries>

/** Body of the request to a webhook, as JSON. `show` is missing in a `webhook.test`. */
export const WebhookMessage = Exactly({
  type: DeliveredEvent,
  timestamp: IsoTime,
  data: Exactly({
    show: Type.Optional(
      Exactly({
        id: Id,
        title: Type.String(),
        visibility: Visibility,
        status: ShowStatus,
        startsAt: Nullable(IsoTime),
        startedAt: Nullable(IsoTime),
        endedAt: Nullable(IsoTime),
        url: Type.String({ description: 'Address of the page of the show' })
      })
    )
  })
})
export type WebhookMessage = Static<typeof WebhookMessage>
