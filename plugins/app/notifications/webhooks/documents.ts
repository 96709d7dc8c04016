import type { Collection, Db } from 'mongodb'
import type { WebhookDelivery, WebhookEvent } from '../../../../contract/webhooks.ts'
import type { Sealed } from '../../identity/sealed-box.ts'

/** An address that is told about the shows of its owner. */
export interface WebhookDocument {
  _id: string
  userId: string
  url: string
  events: WebhookEvent[]
  secret: Sealed
  /** The secret before the last change. It signs too until a time, so that receivers can change theirs. */
  formerSecret?: Sealed
  formerUntil?: Date
  isEnabled: boolean
  disabledReason: 'gone' | 'failing' | null
  /** Attempts in a row that were not accepted. */
  failures: number
  /** It is told what happened then or later. */
  enabledAt: Date
  createdAt: Date
}

/** A message to a webhook. The id is of webhook and occasion, so that nobody sends a second one. */
export interface WebhookDeliveryDocument {
  _id: string
  webhookId: string
  userId: string
  event: WebhookDelivery['event']
  showId: string | null
  /** The content of the request. */
  body: string
  attempts: number
  /** The time of the next attempt; the end of a lease while a node works on it. Missing when it is done. */
  nextAt?: Date
  status: WebhookDelivery['status']
  answer: number | null
  error: WebhookDelivery['error']
  createdAt: Date
}

/** The planned time of a show, and when it was first seen. The id is the show's. */
export interface PlannedTimeDocument {
  _id: string
  startsAt: Date
  seenAt: Date
}

export interface WebhookTables {
  webhooks: Collection<WebhookDocument>
  deliveries: Collection<WebhookDeliveryDocument>
  plannedTimes: Collection<PlannedTimeDocument>
}

/** Opens the collections of webhooks. */
export async function openWebhookTables(db: Db): Promise<WebhookTables> {
  const webhooks = db.collection<WebhookDocument>('webhooks')
  const deliveries = db.collection<WebhookDeliveryDocument>('webhookDeliveries')
  const plannedTimes = db.collection<PlannedTimeDocument>('webhookPlannedTimes')
  await webhooks.createIndex({ userId: 1, createdAt: 1 })
  await deliveries.createIndex({ nextAt: 1 })
  await deliveries.createIndex({ createdAt: 1 })
  await deliveries.createIndex({ webhookId: 1, createdAt: -1 })
  await deliveries.createIndex({ userId: 1 })
  await deliveries.createIndex({ showId: 1 })
  return { webhooks, deliveries, plannedTimes }
}
