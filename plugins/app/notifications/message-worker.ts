import type { FastifyBaseLogger } from 'fastify'
import type { NotificationMeter } from '../../external/metrics/notifications.ts'
import { allDone } from '../operations/all-done.ts'
import type { Channel, DeliveryResult } from './channel.ts'
import type { Eligibility } from './eligibility.ts'
import type { MessageDocument } from './queue/documents.ts'
import type { ClaimedMessage, MessageQueue } from './queue/message-queue.ts'

export interface MessageWorkerParts {
  queue: Pick<MessageQueue, 'claim' | 'finish' | 'putBack' | 'markSent'>
  eligibility: Eligibility
  channels: readonly Channel[]
  metrics: Pick<NotificationMeter, 'finished'>
  log: Pick<FastifyBaseLogger, 'error'>
  /** Aborts requests when the process stops. */
  signal: AbortSignal
}

/** Another node takes a message over after this time. Requests of 10 s at the same time take less. */
const leaseMs = 60_000
/** Messages that a node delivers at the same time: addresses without an answer hold up few of the others. */
const maxParallel = 32
const maxAttempts = 8
const minRetryMs = 10_000
const maxRetryMs = 10 * 60_000

export type MessageWorker = ReturnType<typeof createMessageWorker>

/** Delivers the queued messages, some at the same time. */
export function createMessageWorker(parts: MessageWorkerParts) {
  const { queue, eligibility, channels, metrics, log, signal } = parts
  const byName = new Map(channels.map(channel => [channel.name, channel]))

  async function finish(message: ClaimedMessage, outcome: NonNullable<MessageDocument['outcome']>): Promise<void> {
    if (await queue.finish(message, outcome)) metrics.finished(message.channel, outcome)
  }

  /** Repeats a message later, after each attempt longer, up to a number of times. */
  async function repeatLater(message: ClaimedMessage, waitMs = 0): Promise<void> {
    if (message.attempts >= maxAttempts) return await finish(message, message.sentTo.length > 0 ? 'sent' : 'failed')
    const ownWaitMs = Math.min(maxRetryMs, minRetryMs * 2 ** (message.attempts - 1))
    await queue.putBack(message, Math.max(waitMs, ownWaitMs))
  }

  async function attempt(message: ClaimedMessage): Promise<DeliveryResult | undefined> {
    const channel = byName.get(message.channel)
    const content = await eligibility.check(message)
    if (typeof content === 'string') {
      await finish(message, content)
      return undefined
    }
    const { userId, expiresAt, sentTo } = message
    const addresses = [...sentTo]
    // One after the other, so that no write drops an address of another one.
    let written: Promise<unknown> = Promise.resolve()
    return await channel?.deliver({
      ...{ userId, content, expiresAt, sentTo, signal },
      onSent: async address => {
        addresses.push(address)
        written = written.then(async () => await queue.markSent(message, [...addresses]))
        await written
      }
    })
  }

  async function deliver(message: ClaimedMessage): Promise<void> {
    try {
      const result = await attempt(message)
      if (typeof result === 'string') await finish(message, result)
      else if (result) await repeatLater(message, result.waitMs)
    } catch (error) {
      if (signal.aborted) {
        await queue.putBack(message, 0)
        return
      }
      log.error({ err: error, showId: message.showId, channel: message.channel }, 'message not delivered')
      await repeatLater(message)
    }
  }

  async function deliverAll(): Promise<void> {
    while (!signal.aborted) {
      const message = await queue.claim(leaseMs)
      if (!message) return
      await deliver(message)
    }
  }

  return {
    /** Delivers all messages whose time has come. */
    async run(): Promise<void> {
      // One question is enough while nothing waits.
      const first = await queue.claim(leaseMs)
      if (!first) return
      const others = Array.from({ length: maxParallel - 1 }, async () => await deliverAll())
      await allDone([deliver(first).then(deliverAll), ...others])
    }
  }
}
