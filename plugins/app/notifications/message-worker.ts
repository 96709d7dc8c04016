import type { FastifyBaseLogger } from 'fastify'
import type { NotificationMeter } from '../../external/metrics/notifications.ts'
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

/** Another node takes a message over after this time. Requests of 5 s at the same time take less. */
const leaseMs = 60_000
/** Messages that a node delivers at the same time: addresses without an answer hold up few of the others. */
const maxParallel = 32
const maxAttempts = 8
const minRetryMs = 10_000
const maxRetryMs = 10 * 60_000

export type MessageWorker = ReturnType<typeof createMessageWorker>

/** Delivers the queued messages, some at the same time. One that takes long holds up no other slot. */
export function createMessageWorker(parts: MessageWorkerParts) {
  const { queue, eligibility, channels, metrics, log, signal } = parts
  const byName = new Map(channels.map(channel => [channel.name, channel]))
  const slots = new Set<Promise<void>>()

  async function finish(message: ClaimedMessage, outcome: NonNullable<MessageDocument['outcome']>): Promise<void> {
    if (await queue.finish(message, outcome)) metrics.finished(message.channel, outcome)
  }

  /** Repeats a message later, after each attempt longer, up to a number of times. */
  async function repeatLater(message: ClaimedMessage, waitMs = 0): Promise<void> {
    if (message.attempts >= maxAttempts) return await finish(message, message.sentTo.length > 0 ? 'sent' : 'failed')
    const ownWaitMs = Math.min(maxRetryMs, minRetryMs * 2 ** (message.attempts - 1))
    await queue.putBack(message, Math.max(waitMs, ownWaitMs))
  }

  /** Makes an attempt. `lost` is for the case that another node has the message. */
  async function attempt(message: ClaimedMessage, lost: AbortController): Promise<DeliveryResult | undefined> {
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
      ...{ userId, content, expiresAt, sentTo },
      signal: AbortSignal.any([signal, lost.signal]),
      onSent: async address => {
        addresses.push(address)
        written = written.then(async () => {
          if (!(await queue.markSent(message, [...addresses]))) lost.abort(new Error('another node has the message'))
        })
        await written
      }
    })
  }

  async function deliver(message: ClaimedMessage): Promise<void> {
    const lost = new AbortController()
    try {
      const result = await attempt(message, lost)
      if (typeof result === 'string') await finish(message, result)
      else if (result) await repeatLater(message, result.waitMs)
    } catch (error) {
      if (lost.signal.aborted) return
      if (signal.aborted) {
        await queue.putBack(message, 0)
        return
      }
      log.error({ err: error, showId: message.showId, channel: message.channel }, 'message not delivered')
      await repeatLater(message)
    }
  }

  /** Delivers a message, and then those that wait. */
  async function work(first: ClaimedMessage): Promise<void> {
    let message: ClaimedMessage | null = first
    while (message) {
      await deliver(message)
      message = signal.aborted ? null : await queue.claim(leaseMs)
    }
  }

  function openSlot(first: ClaimedMessage): void {
    const slot = work(first)
      .catch((err: unknown) => log.error({ err }, 'delivery of messages stopped, continuing in the next round'))
      .finally(() => slots.delete(slot))
    slots.add(slot)
  }

  return {
    /** Begins to deliver the messages whose time has come, in the free slots. One question while nothing waits. */
    async fill(): Promise<void> {
      while (slots.size < maxParallel && !signal.aborted) {
        const message = await queue.claim(leaseMs)
        if (!message) return
        openSlot(message)
      }
    },

    /** Waits for the messages in progress. */
    async idle(): Promise<void> {
      await Promise.all(slots)
    }
  }
}
