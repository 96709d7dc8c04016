import type { FastifyBaseLogger } from 'fastify'
import type { NotificationMeter } from '../../external/metrics/notifications.ts'
import type { Channel, DeliveryResult } from './channel.ts'
import type { Eligibility } from './eligibility.ts'
import type { MessageDocument } from './queue/documents.ts'
import type { ClaimedMessage, MessageQueue } from './queue/message-queue.ts'
import { createSlots } from './slots.ts'

export interface MessageWorkerParts {
  queue: Pick<MessageQueue, 'claim' | 'finish' | 'putBack' | 'markSent'>
  eligibility: Eligibility
  channel: Channel
  metrics: Pick<NotificationMeter, 'finished'>
  log: Pick<FastifyBaseLogger, 'error'>
  /** Aborts requests when the process stops. */
  signal: AbortSignal
}

/** Another node takes a message over after this time. Requests of 5 s at the same time take less. */
const leaseMs = 60_000
const maxAttempts = 8
const minRetryMs = 10_000
const maxRetryMs = 10 * 60_000

export type MessageWorker = ReturnType<typeof createMessageWorker>

/** Delivers the queued messages of a channel, some at the same time. */
export function createMessageWorker(parts: MessageWorkerParts) {
  const { queue, eligibility, channel, metrics, log, signal } = parts

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
    const content = await eligibility.check(message)
    if (typeof content === 'string') {
      await finish(message, content)
      return undefined
    }
    const { userId, expiresAt, sentTo } = message
    const addresses = [...sentTo]
    // One after the other, so that no write drops an address of another one.
    let written: Promise<unknown> = Promise.resolve()
    return await channel.deliver({
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

  return createSlots({
    claim: async () => await queue.claim(channel.name, leaseMs),
    work: deliver,
    maxParallel: channel.maxParallel,
    log,
    signal
  })
}
