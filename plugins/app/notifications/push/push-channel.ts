import { createECDH, createHash } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import webPush from 'web-push'
import type { PushMessage } from '../../../../contract/notifications.ts'
import { failureOf, retryAfterMs } from '../../http/api-answers.ts'
import { allDone } from '../../operations/all-done.ts'
import type { Channel, Delivery, DeliveryResult, MessageContent } from '../channel.ts'
import type { ChannelHealth } from '../channel-health.ts'
import { ForbiddenAddress, type Outbound, type PostAnswer } from '../outbound/post.ts'
import { createPushServices } from './push-services.ts'
import type { PushSubscriptionDocument, PushSubscriptions } from './push-subscriptions.ts'

export interface PushChannelParts {
  subscriptions: Pick<PushSubscriptions, 'findSubscribed' | 'ofPerson' | 'remove' | 'noteAccepted' | 'noteRefused'>
  outbound: Pick<Outbound, 'post'>
  vapidKey: string
  /** Contact that push services get: a mailto: or https: address. */
  contact(): string
  health: ChannelHealth
  log: Pick<FastifyBaseLogger, 'warn'>
  nowMs(): number
}

/** Addresses without an answer hold up few of the others. */
const maxParallel = 32

type Attempt = 'sent' | 'gone' | 'refused' | 'paused' | { waitMs: number | undefined }

/** Returns the public key of a private key, as browsers take it. */
export function publicVapidKey(privateKey: string): string {
  const pair = createECDH('prime256v1')
  pair.setPrivateKey(privateKey, 'base64url')
  return pair.getPublicKey('base64url')
}

/** Tells people by push messages to their browsers: RFC 8030, encrypted by RFC 8291, signed by RFC 8292. */
export function createPushChannel(parts: PushChannelParts): Channel {
  const { subscriptions, outbound, vapidKey, contact, health, log, nowMs } = parts
  const publicKey = publicVapidKey(vapidKey)
  const services = createPushServices(nowMs)

  async function post(
    { endpoint, p256dh, auth }: PushSubscriptionDocument,
    { content, expiresAt, signal }: Delivery
  ): Promise<PostAnswer> {
    const details = webPush.generateRequestDetails(
      { endpoint, keys: { p256dh, auth } },
      JSON.stringify(messageOf(content)),
      {
        vapidDetails: { subject: contact(), publicKey, privateKey: vapidKey },
        TTL: Math.max(0, Math.round((expiresAt.getTime() - nowMs()) / 1000)),
        urgency: 'high',
        // A push service replaces an earlier message of the topic that the browser has not got yet.
        topic: createHash('sha256').update(content.showId).digest('base64url').slice(0, 32)
      }
    )
    const headers = details.headers as Record<string, string | number>
    return await outbound.post({ url: endpoint, headers, body: details.body, signal })
  }

  function warn(service: string, fields: object, text: string): void {
    if (services.mayLog(service)) log.warn({ ...fields, service }, text)
  }

  async function attempt(subscription: PushSubscriptionDocument, delivery: Delivery): Promise<Attempt> {
    const service = serviceOf(subscription)
    delivery.signal.throwIfAborted()
    if (services.pauseOf(service) > 0) return 'paused'
    try {
      const { status, retryAfter } = await post(subscription, delivery)
      services.noteAnswer(service)
      if (status >= 200 && status < 300) return 'sent'
      if (status === 404 || status === 410) return 'gone'
      if (status !== 429 && status < 500) {
        warn(service, { status }, 'push service refused a message')
        return 'refused'
      }
      return { waitMs: retryAfter === null ? undefined : retryAfterMs(new Headers({ 'retry-after': retryAfter })) }
    } catch (error) {
      if (delivery.signal.aborted) throw error
      if (error instanceof Error && error.name === 'TimeoutError') services.noteTimeout(service)
      warn(service, { reason: failureOf(error) }, 'push service did not answer')
      // A wrong answer of the name server must not end a subscription at once.
      if (error instanceof ForbiddenAddress) return 'refused'
      return { waitMs: undefined }
    }
  }

  /** Sends a message to a browser. Returns what is left to do; undefined when nothing is. */
  async function send(
    subscription: PushSubscriptionDocument,
    delivery: Delivery
  ): Promise<{ waitMs: number | undefined } | undefined> {
    const result = await attempt(subscription, delivery)
    const { _id, userId } = subscription
    // Not an attempt: it says nothing about the subscription.
    if (result === 'paused') return { waitMs: services.pauseOf(serviceOf(subscription)) }
    if (result === 'gone') {
      await subscriptions.remove(userId, _id)
    } else if (result === 'sent') {
      health.note(true, userId)
      await delivery.onSent(_id)
      await subscriptions.noteAccepted(subscription)
    } else {
      health.note(false, userId)
      await subscriptions.noteRefused(subscription)
      return result === 'refused' ? undefined : result
    }
    return undefined
  }

  return {
    name: 'push',
    maxParallel,
    findReachable: subscriptions.findSubscribed,

    async deliver(delivery): Promise<DeliveryResult> {
      const all = await subscriptions.ofPerson(delivery.userId)
      if (all.length === 0) return 'noAddress'
      const left: { waitMs: number | undefined }[] = []
      let sent = delivery.sentTo.length
      const counted: Delivery = {
        ...delivery,
        async onSent(address) {
          sent++
          await delivery.onSent(address)
        }
      }
      const waiting = all.filter(({ _id }) => !delivery.sentTo.includes(_id))
      // At the same time: a push service that does not answer holds up no other browser.
      await allDone(
        waiting.map(async subscription => {
          const rest = await send(subscription, counted)
          if (rest) left.push(rest)
        })
      )
      if (left.length === 0) return sent > 0 ? 'sent' : 'failed'
      return { again: true, waitMs: Math.max(...left.map(({ waitMs = 0 }) => waitMs)) }
    }
  }
}

/** The host of a push service. The path of an address is a secret of the browser. */
function serviceOf({ endpoint }: PushSubscriptionDocument): string {
  return new URL(endpoint).host
}

function messageOf({ kind, showId, title, creator, url, at }: MessageContent): PushMessage {
  const facts = { showId, title, creator, url }
  return kind === 'soon'
    ? { type: 'show:soon', ...facts, startsAt: at.toISOString() }
    : { type: 'show:started', ...facts, startedAt: at.toISOString() }
}
