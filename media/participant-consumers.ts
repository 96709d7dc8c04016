import type { types } from 'mediasoup'
import { CodedError } from '../contract/errors.ts'
import type { RtpCapabilities, RtpParameters } from '../contract/media.ts'
import type { AudibleProducers } from './audible-producers.ts'
import type { FirstPacket } from './first-packet.ts'
import { mediasoupRequest, unusable } from './mediasoup-errors.ts'
import type { PendingCreations } from './pending-creations.ts'
import { receiveCapabilities, wireParameters } from './rtp-shapes.ts'
import type { ShowRouter } from './show-router.ts'

/** The parameters with which a client receives a producer. `userId` is null for the song. */
export interface ConsumerAnswer {
  id: string
  producerId: string
  kind: 'audio'
  rtpParameters: RtpParameters
  userId: string | null
}

/** The producer to consume. */
export interface ConsumeOrder {
  producerId: string
  rtpCapabilities: RtpCapabilities
  /** Whether packets of voices are joined to longer ones while the participant does not converse. Default: true. */
  joinPackets?: boolean
  /** Whether it sends nothing before it is resumed. Default: true. */
  paused?: boolean
}

/** The same, and the transport to send it on. */
export interface ConsumeRequest extends ConsumeOrder {
  showRouter: ShowRouter
  transport: types.WebRtcTransport
}

/** The packets that a participant gets. */
export interface PacketSource {
  readonly producers: AudibleProducers
  /** Shorter packets of voices are joined to this length while the participant does not converse. */
  readonly voiceFrameMs: number
}

/** Packets as they are sent. */
const unjoined = 0

/**
 * The consumers of one participant, at most one for each producer. mediasoup closes them with their producer and with
 * their transport.
 */
export class ParticipantConsumers {
  readonly #pending: PendingCreations
  readonly #producers: AudibleProducers
  readonly #voiceFrameMs: number
  readonly #firstPacket: FirstPacket | null
  readonly #consumers = new Map<string, types.Consumer>()
  /** Producers whose packets are never joined for this participant. */
  readonly #plain = new Set<string>()
  #isConversing = false

  constructor(pending: PendingCreations, { producers, voiceFrameMs }: PacketSource, firstPacket: FirstPacket | null) {
    this.#pending = pending
    this.#producers = producers
    this.#voiceFrameMs = voiceFrameMs
    this.#firstPacket = firstPacket
  }

  /** Creates a consumer. Throws NOT_FOUND, CONFLICT for a second one of the same producer, VALIDATION, UNAVAILABLE. */
  async consume(request: ConsumeRequest): Promise<ConsumerAnswer> {
    const { producerId, rtpCapabilities, joinPackets = true, paused = true, showRouter, transport } = request
    for (const consumer of this.#consumers.values()) {
      if (consumer.producerId === producerId) throw new CodedError('CONFLICT', 'You already consume this producer.')
    }
    const { userId } = this.#producers.get(producerId)
    const capabilities = receiveCapabilities(rtpCapabilities)
    let packetMs = unjoined
    const { id, rtpParameters } = await this.#pending.create(
      { name: producerId, parent: transport, path: '/rtpCapabilities' },
      async () => {
        await this.#producers.pipeTo(producerId, showRouter)
        try {
          if (!showRouter.router.canConsume({ producerId, rtpCapabilities: capabilities })) {
            throw unusable('/rtpCapabilities', 'they cannot receive Opus')
          }
          packetMs = joinPackets ? this.#packetMsOf(producerId) : unjoined
          const preferredLayers = { spatialLayer: packetMs }
          return await transport.consume({ producerId, rtpCapabilities: capabilities, paused, preferredLayers })
        } catch (error) {
          this.#producers.get(producerId)
          throw error
        }
      },
      consumer => {
        this.#add(consumer, showRouter)
        if (!joinPackets) this.#plain.add(producerId)
        if (packetMs !== this.#packetMsOf(producerId)) this.#setPacketMs(consumer)
      }
    )
    return { id, producerId, kind: 'audio', rtpParameters: wireParameters(rtpParameters), userId }
  }

  /** A participant who converses gets voices as they are sent: long packets come later. */
  setConversing(isConversing: boolean): void {
    this.#isConversing = isConversing
    for (const consumer of this.#consumers.values()) {
      if (this.#isVoice(consumer.producerId)) this.#setPacketMs(consumer)
    }
  }

  /** Whether there is a consumer of a user's voice that is not paused. */
  isHearing(userId: string): boolean {
    for (const { paused, producerId } of this.#consumers.values()) {
      if (!paused && this.#producers.find(producerId)?.userId === userId) return true
    }
    return false
  }

  /** Throws NOT_FOUND, UNAVAILABLE. */
  async resume(consumerId: string): Promise<void> {
    const consumer = this.#get(consumerId)
    this.#firstPacket?.watch(consumer)
    await mediasoupRequest(
      () => consumer.closed,
      '/consumerId',
      async () => await consumer.resume()
    )
  }

  /** Throws NOT_FOUND, UNAVAILABLE. */
  async pause(consumerId: string): Promise<void> {
    const consumer = this.#get(consumerId)
    await mediasoupRequest(
      () => consumer.closed,
      '/consumerId',
      async () => await consumer.pause()
    )
  }

  /** Throws NOT_FOUND. */
  close(consumerId: string): void {
    this.#get(consumerId).close()
  }

  #add(consumer: types.Consumer, { mediaWorker }: ShowRouter): void {
    if (consumer.closed || !this.#producers.has(consumer.producerId)) {
      consumer.close()
      throw new CodedError('NOT_FOUND', 'This producer no longer exists.')
    }
    const source = this.#producers.get(consumer.producerId)
    this.#consumers.set(consumer.id, consumer)
    if (!consumer.paused) this.#firstPacket?.watch(consumer)
    mediaWorker.consumers++
    source.consumers++
    consumer.observer.once('close', () => {
      this.#consumers.delete(consumer.id)
      this.#plain.delete(consumer.producerId)
      mediaWorker.consumers--
      source.consumers--
    })
  }

  /** Returns the length to which packets of a producer are joined for this participant, ms. */
  #packetMsOf(producerId: string): number {
    const isJoined = this.#isVoice(producerId) && !this.#isConversing && !this.#plain.has(producerId)
    return isJoined ? this.#voiceFrameMs : unjoined
  }

  #isVoice(producerId: string): boolean {
    return typeof this.#producers.find(producerId)?.userId === 'string'
  }

  /**
   * mediasoup has no layers of audio. Our worker takes this one as the length to which it joins packets: see
   * `ProducerSends` of its adapters. A worker without our patches ignores it.
   */
  #setPacketMs(consumer: types.Consumer): void {
    const spatialLayer = this.#packetMsOf(consumer.producerId)
    // Fails only when the consumer is closed.
    consumer.setPreferredLayers({ spatialLayer }).catch(() => {})
  }

  #get(consumerId: string): types.Consumer {
    const consumer = this.#consumers.get(consumerId)
    if (!consumer) throw new CodedError('NOT_FOUND', 'There is no such consumer.')
    return consumer
  }
}
