import type { types } from 'mediasoup'
import { CodedError } from '../contract/errors.ts'
import type { RtpCapabilities, RtpParameters } from '../contract/media.ts'
import type { FirstPacket } from './first-packet.ts'
import type { Making } from './pending-creations.ts'
import { refusable, unusable } from './mediasoup-errors.ts'
import { receiveCapabilities, wireParameters } from './rtp-shapes.ts'
import type { ShowRouter } from './show-router.ts'
import type { Voices } from './voices.ts'

/** What a client needs to receive a producer. `userId` null is the song. */
export interface ConsumerAnswer {
  id: string
  producerId: string
  kind: 'audio'
  rtpParameters: RtpParameters
  userId: string | null
}

/** What is consumed, and where it goes. */
export interface ConsumeRequest {
  producerId: string
  rtpCapabilities: RtpCapabilities
  showRouter: ShowRouter
  transport: types.WebRtcTransport
}

/** One session's consumers, one for each voice. They close by themselves with their producer and with the transport. */
export class SessionConsumers {
  readonly #making: Making
  readonly #voices: Voices
  readonly #firstPacket: FirstPacket | null
  readonly #open = new Map<string, types.Consumer>()

  constructor(making: Making, voices: Voices, firstPacket: FirstPacket | null) {
    this.#making = making
    this.#voices = voices
    this.#firstPacket = firstPacket
  }

  /** A consumer, paused. Throws NOT_FOUND, CONFLICT for a second one of the same producer, VALIDATION, UNAVAILABLE. */
  async consume({ producerId, rtpCapabilities, showRouter, transport }: ConsumeRequest): Promise<ConsumerAnswer> {
    for (const consumer of this.#open.values()) {
      if (consumer.producerId === producerId) throw new CodedError('CONFLICT', 'You consume this producer already.')
    }
    const { userId } = this.#voices.demand(producerId)
    const capabilities = receiveCapabilities(rtpCapabilities)
    const { id, rtpParameters } = await this.#making.make(
      { name: producerId, parent: transport, path: '/rtpCapabilities' },
      async () => {
        await this.#voices.reach(producerId, showRouter)
        try {
          if (!showRouter.router.canConsume({ producerId, rtpCapabilities: capabilities })) {
            throw unusable('/rtpCapabilities', "they can't receive Opus")
          }
          return await transport.consume({ producerId, rtpCapabilities: capabilities, paused: true })
        } catch (error) {
          this.#voices.demand(producerId)
          throw error
        }
      },
      consumer => this.#keep(consumer, showRouter)
    )
    return { id, producerId, kind: 'audio', rtpParameters: wireParameters(rtpParameters), userId }
  }

  /** Throws NOT_FOUND, UNAVAILABLE. */
  async resume(consumerId: string): Promise<void> {
    const consumer = this.#find(consumerId)
    this.#firstPacket?.watch(consumer)
    await refusable(
      () => consumer.closed,
      '/consumerId',
      async () => await consumer.resume()
    )
  }

  /** Throws NOT_FOUND, UNAVAILABLE. */
  async pause(consumerId: string): Promise<void> {
    const consumer = this.#find(consumerId)
    await refusable(
      () => consumer.closed,
      '/consumerId',
      async () => await consumer.pause()
    )
  }

  /** Throws NOT_FOUND. */
  close(consumerId: string): void {
    this.#find(consumerId).close()
  }

  #keep(consumer: types.Consumer, { mediaWorker }: ShowRouter): void {
    if (consumer.closed || !this.#voices.has(consumer.producerId)) {
      consumer.close()
      throw new CodedError('NOT_FOUND', 'There is no such producer any more.')
    }
    this.#open.set(consumer.id, consumer)
    mediaWorker.consumers++
    consumer.observer.once('close', () => {
      this.#open.delete(consumer.id)
      mediaWorker.consumers--
    })
  }

  #find(consumerId: string): types.Consumer {
    const consumer = this.#open.get(consumerId)
    if (!consumer) throw new CodedError('NOT_FOUND', 'There is no such consumer.')
    return consumer
  }
}
