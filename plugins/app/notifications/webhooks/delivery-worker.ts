import type { FastifyBaseLogger } from 'fastify'
import type { NotificationMeter } from '../../../external/metrics/notifications.ts'
import { retryAfterMs } from '../../http/api-answers.ts'
import type { SealedBox } from '../../identity/sealed-box.ts'
import { ForbiddenAddress, type Outbound } from '../outbound/post.ts'
import { createSlots } from '../slots.ts'
import type { WebhookDeliveryDocument, WebhookDocument, WebhookTables } from './documents.ts'
import { signedHeaders } from './signature.ts'
import { ownerOf } from './webhooks.ts'

export interface DeliveryWorkerParts extends Pick<WebhookTables, 'webhooks' | 'deliveries'> {
  outbound: Pick<Outbound, 'post'>
  box: Pick<SealedBox, 'open'>
  metrics: Pick<NotificationMeter, 'webhookFinished'>
  log: Pick<FastifyBaseLogger, 'error'>
  signal: AbortSignal
  nowMs(): number
}

type Claimed = WebhookDeliveryDocument & { nextAt: Date }
type Attempt = Pick<WebhookDeliveryDocument, 'answer' | 'error'> & { waitMs?: number | undefined }

/** Another node takes a message over after this time. A request of 5 s takes less. */
const leaseMs = 30_000
const maxParallel = 16
/** Messages of one owner that a node sends at the same time, so that slow addresses hold up no other owner. */
const maxParallelOfOwner = 4
/** A message waits this long when its owner has that many. */
const busyMs = 2_000
const minuteMs = 60_000
/** Delays between the attempts: some hours in all. */
const delaysMs = [10_000, minuteMs, 5 * minuteMs, 30 * minuteMs, 60 * minuteMs, 120 * minuteMs, 240 * minuteMs]
/** A webhook is disabled after this many attempts in a row that it did not accept: those of some messages. */
const maxFailures = 20

/** Delivers the queued messages to webhooks. */
export function createDeliveryWorker(parts: DeliveryWorkerParts) {
  const { webhooks, deliveries, outbound, box, metrics, log, signal, nowMs } = parts
  /** Number of messages that are being sent, by owner. */
  const sending = new Map<string, number>()

  async function claim(): Promise<Claimed | null> {
    const now = nowMs()
    const found = await deliveries.findOneAndUpdate(
      { nextAt: { $lte: new Date(now) } },
      { $set: { nextAt: new Date(now + leaseMs) }, $inc: { attempts: 1 } },
      { sort: { nextAt: 1 }, returnDocument: 'after' }
    )
    return found?.nextAt ? { ...found, nextAt: found.nextAt } : null
  }

  /** Keeps what became of a claimed message. */
  async function finish({ _id, nextAt }: Claimed, status: 'delivered' | 'failed', result: Attempt): Promise<void> {
    const { answer, error } = result
    const { matchedCount } = await deliveries.updateOne(
      { _id, nextAt },
      { $set: { status, answer, error }, $unset: { nextAt: '' } }
    )
    if (matchedCount > 0) metrics.webhookFinished(status)
  }

  async function repeatLater(delivery: Claimed, { answer, error, waitMs = 0 }: Attempt): Promise<void> {
    const { _id, nextAt, attempts, event } = delivery
    const delayMs = delaysMs[attempts - 1]
    if (delayMs === undefined || event === 'webhook.test') return await finish(delivery, 'failed', { answer, error })
    const next = new Date(nowMs() + Math.max(delayMs, waitMs))
    await deliveries.updateOne({ _id, nextAt }, { $set: { nextAt: next, answer, error } })
  }

  async function disable(webhookId: string, disabledReason: 'gone' | 'failing'): Promise<void> {
    await webhooks.updateOne({ _id: webhookId, isEnabled: true }, { $set: { isEnabled: false, disabledReason } })
  }

  async function noteFailure(webhookId: string): Promise<void> {
    const after = await webhooks.findOneAndUpdate(
      { _id: webhookId },
      { $inc: { failures: 1 } },
      { returnDocument: 'after' }
    )
    if ((after?.failures ?? 0) >= maxFailures) await disable(webhookId, 'failing')
  }

  async function post({ _id, body }: Claimed, webhook: WebhookDocument): Promise<Attempt> {
    const { userId, url, secret, formerSecret, formerUntil } = webhook
    const at = new Date(nowMs())
    const sealed = formerSecret && formerUntil && formerUntil > at ? [secret, formerSecret] : [secret]
    const secrets = sealed.map(each => box.open(each, ownerOf(userId)))
    const headers = signedHeaders({ id: _id, body, at }, secrets)
    try {
      const { status, retryAfter } = await outbound.post({ url, headers, body: Buffer.from(body), signal })
      const waitMs = retryAfter === null ? undefined : retryAfterMs(new Headers({ 'retry-after': retryAfter }))
      return { answer: status, error: null, waitMs }
    } catch (error) {
      if (signal.aborted) throw error
      if (error instanceof ForbiddenAddress) return { answer: null, error: 'address' }
      const isTimeout = error instanceof Error && error.name === 'TimeoutError'
      return { answer: null, error: isTimeout ? 'timeout' : 'connection' }
    }
  }

  async function deliver(delivery: Claimed): Promise<void> {
    const webhook = await webhooks.findOne({ _id: delivery.webhookId })
    if (!webhook) {
      await deliveries.deleteOne({ _id: delivery._id })
      return
    }
    const { answer, error } = delivery
    if (!webhook.isEnabled) return await finish(delivery, 'failed', { answer, error })
    const result = await post(delivery, webhook)
    if (result.answer !== null && result.answer >= 200 && result.answer < 300) {
      await webhooks.updateOne({ _id: webhook._id, failures: { $gt: 0 } }, { $set: { failures: 0 } })
      return await finish(delivery, 'delivered', result)
    }
    if (result.answer === 410) {
      await disable(webhook._id, 'gone')
      return await finish(delivery, 'failed', result)
    }
    if (delivery.event !== 'webhook.test') await noteFailure(webhook._id)
    await repeatLater(delivery, result)
  }

  /** Puts a claimed message back as if it had not been claimed. */
  async function putBack({ _id, nextAt }: Claimed, waitMs: number): Promise<void> {
    const next = new Date(nowMs() + waitMs)
    await deliveries.updateOne({ _id, nextAt }, { $set: { nextAt: next }, $inc: { attempts: -1 } })
  }

  async function work(delivery: Claimed): Promise<void> {
    const { userId } = delivery
    const others = sending.get(userId) ?? 0
    if (others >= maxParallelOfOwner) return await putBack(delivery, busyMs)
    sending.set(userId, others + 1)
    try {
      await send(delivery)
    } finally {
      const left = (sending.get(userId) ?? 1) - 1
      if (left > 0) sending.set(userId, left)
      else sending.delete(userId)
    }
  }

  async function send(delivery: Claimed): Promise<void> {
    try {
      await deliver(delivery)
    } catch (err) {
      if (signal.aborted) return await putBack(delivery, 0)
      log.error(
        { err, webhookId: delivery.webhookId, attempts: delivery.attempts },
        'message to a webhook not delivered'
      )
      await repeatLater(delivery, { answer: null, error: null })
    }
  }

  return createSlots({ claim, work, maxParallel, log, signal })
}
