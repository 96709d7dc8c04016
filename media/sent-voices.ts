import type { types } from 'mediasoup'
import { CodedError } from '../contract/errors.ts'
import type { RtpParameters } from '../contract/media.ts'
import type { AudibleProducers } from './audible-producers.ts'
import { closedInTheMeantime } from './link-transport.ts'
import { wireParameters } from './rtp-shapes.ts'
import type { ShowRouter } from './show-router.ts'

/** A producer as it arrives at the other end of a link. */
export interface LinkedVoice {
  producerId: string
  /** The user who speaks; null for the song. */
  userId: string | null
  rtpParameters: RtpParameters
  /** Whether it was paused when it was sent. A paused voice sends no packets; the other end never pauses it. */
  paused: boolean
}

export interface SentVoicesParts {
  transport: types.PipeTransport
  producers: AudibleProducers
  showRouter: ShowRouter
}

interface SentVoice {
  consumer: types.Consumer | null
  readonly sending: Promise<LinkedVoice>
}

/** The voices that one end of a link sends. */
export class SentVoices {
  readonly #parts: SentVoicesParts
  /** By producer id. Keeps the promise, so that simultaneous calls send a voice once. */
  readonly #voices = new Map<string, SentVoice>()

  constructor(parts: SentVoicesParts) {
    this.#parts = parts
  }

  async send(producerId: string): Promise<LinkedVoice> {
    const known = this.#voices.get(producerId)
    if (known) return await known.sending
    const sent: SentVoice = {
      consumer: null,
      sending: Promise.resolve().then(async () => await this.#send(producerId, sent))
    }
    this.#voices.set(producerId, sent)
    return await sent.sending
  }

  async stop(producerId: string): Promise<void> {
    const sent = this.#voices.get(producerId)
    if (!sent) return
    this.#voices.delete(producerId)
    sent.consumer?.close()
    await sent.sending.catch(() => {})
    // The worker handles requests in order: when it answers, it has closed the consumer.
    await this.#parts.transport.getStats().catch(() => {})
  }

  async packetsSent(producerId: string): Promise<number | null> {
    const consumer = this.#voices.get(producerId)?.consumer
    if (!consumer) return null
    const stats = await consumer.getStats().catch(() => [])
    return stats.reduce((sum, { type, packetCount }) => sum + (type === 'outbound-rtp' ? packetCount : 0), 0)
  }

  async #send(producerId: string, sent: SentVoice): Promise<LinkedVoice> {
    const { transport, producers, showRouter } = this.#parts
    const isCurrent = () => this.#voices.get(producerId) === sent && !transport.closed
    try {
      const source = producers.get(producerId)
      await producers.pipeTo(producerId, showRouter)
      if (!isCurrent()) throw closedInTheMeantime()
      const consumer = await transport.consume({ producerId })
      if (!isCurrent() || consumer.closed || !producers.has(producerId)) {
        consumer.close()
        throw closedInTheMeantime()
      }
      sent.consumer = consumer
      source.consumers++
      consumer.observer.once('close', () => {
        source.consumers--
        this.#forget(producerId, sent)
      })
      const { rtpParameters, producerPaused } = consumer
      return { producerId, userId: source.userId, rtpParameters: wireParameters(rtpParameters), paused: producerPaused }
    } catch (error) {
      this.#forget(producerId, sent)
      producers.get(producerId)
      throw error instanceof CodedError ? error : closedInTheMeantime()
    }
  }

  #forget(producerId: string, sent: SentVoice): void {
    if (this.#voices.get(producerId) === sent) this.#voices.delete(producerId)
  }
}
