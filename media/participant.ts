import type { types } from 'mediasoup'
import { CodedError } from '../contract/errors.ts'
import type { DtlsParameters, RtpParameters, TransportFailed } from '../contract/media.ts'
import type { AudibleProducers } from './audible-producers.ts'
import type { FirstPacket } from './first-packet.ts'
import { ParticipantConsumers, type ConsumeOrder, type ConsumerAnswer } from './participant-consumers.ts'
import { ParticipantTransports, type Direction, type TransportAnswer } from './participant-transports.ts'
import { PendingCreations } from './pending-creations.ts'
import { sendParameters } from './rtp-shapes.ts'
import type { ProducerOwner, ShowRouter } from './show-router.ts'

/** The show of a participant, as the participant uses it. */
export interface ParticipantHost {
  readonly producers: AudibleProducers
  /** Shorter packets of voices are joined to this length while the participant has no producer. */
  readonly voiceFrameMs: number
  /** The participant's producer was admitted: make it audible. Its transport carries nobody else's packets. */
  onProducerAdmitted(producer: types.Producer, transport: types.WebRtcTransport, participant: Participant): void
  /** An admitted producer closed by itself. */
  onProducerLost(producerId: string, participant: Participant): void
  onTransportFailed(failure: TransportFailed, participant: Participant): void
}

export interface ParticipantParts {
  presenceId: string
  userId: string
  host: ParticipantHost
  /** Measures how long the participant waits for audio; null when that is not measured. */
  firstPacket: FirstPacket | null
}

/**
 * The transports, the producer and the consumers of one presence in a show. They are created here, found only here, and
 * closed together. The presence outlives them: when its worker dies, the participant is emptied and moved elsewhere.
 */
export class Participant {
  readonly presenceId: string
  readonly userId: string
  readonly #host: ParticipantHost
  readonly #pending = new PendingCreations()
  readonly #transports: ParticipantTransports
  readonly #consumers: ParticipantConsumers
  readonly #firstPacket: FirstPacket | null
  #showRouter: ShowRouter | null = null
  #producer: types.Producer | null = null
  /** The producer that is being closed: nothing unmutes it any more. */
  #closingProducer: types.Producer | null = null

  constructor({ presenceId, userId, host, firstPacket }: ParticipantParts) {
    this.presenceId = presenceId
    this.userId = userId
    this.#host = host
    this.#firstPacket = firstPacket
    this.#transports = new ParticipantTransports(this.#pending, failure => host.onTransportFailed(failure, this))
    this.#consumers = new ParticipantConsumers(this.#pending, host, firstPacket)
  }

  /** The router it is placed on; null while it waits for one, and after it left. */
  get showRouter(): ShowRouter | null {
    return this.#showRouter
  }

  /** The producer that was admitted; null when there is none. */
  get admittedProducerId(): string | null {
    const id = this.#producer?.id
    return id !== undefined && this.#host.producers.has(id) ? id : null
  }

  /** Throws CONFLICT when a transport of this direction exists, UNAVAILABLE while the audio is being restored. */
  async createTransport(direction: Direction): Promise<TransportAnswer> {
    return await this.#transports.create(direction, this.#getShowRouter())
  }

  /** Throws NOT_FOUND, CONFLICT when it is already connected, VALIDATION, UNAVAILABLE. */
  async connectTransport(transportId: string, dtlsParameters: DtlsParameters): Promise<void> {
    await this.#transports.connect(transportId, dtlsParameters)
  }

  /** Throws NOT_FOUND, UNAVAILABLE. */
  async restartIce(transportId: string): Promise<types.IceParameters> {
    return await this.#transports.restartIce(transportId)
  }

  /** Whether its transport with this id is open. */
  hasTransport(transportId: string): boolean {
    return this.#transports.has(transportId)
  }

  /** Throws NOT_FOUND. */
  closeTransport(transportId: string): void {
    this.#transports.get(transportId).close()
  }

  /**
   * Creates the participant's one producer, paused and hidden: it is not audible until it is admitted.
   * Throws NOT_FOUND, CONFLICT, VALIDATION, UNAVAILABLE.
   */
  async produce(request: { transportId: string; rtpParameters: RtpParameters }): Promise<string> {
    const { transportId, rtpParameters } = request
    const transport = this.#transports.get(transportId)
    if (transport !== this.#transports.find('send')) {
      throw new CodedError('NOT_FOUND', 'There is no such send transport.')
    }
    if (this.#producer) throw new CodedError('CONFLICT', 'There is already a producer.')
    const appData: ProducerOwner = { userId: this.userId }
    const { id } = await this.#pending.create(
      { name: 'producer', parent: transport, path: '/rtpParameters' },
      async () =>
        await transport.produce({ kind: 'audio', rtpParameters: sendParameters(rtpParameters), paused: true, appData }),
      producer => {
        this.#producer = producer
        this.#consumers.setConversing(true)
        producer.once('transportclose', () => this.#producerGone(producer))
      }
    )
    return id
  }

  /** Whether no packet of this producer has arrived yet. */
  isSilent(producerId: string): boolean {
    return this.#producer?.id === producerId && hasSentNothing(this.#producer)
  }

  /** Makes the producer audible, or present and muted. Throws CONFLICT when it no longer exists. */
  async admitProducer(producerId: string, muted: boolean): Promise<void> {
    const producer = this.#producer
    if (!producer || producer.id !== producerId) throw producerIsGone()
    // Needed for a muted producer too: a mute and an unmute in between may have resumed it already.
    await this.#host.producers.setPaused(producer, muted)
    const transport = this.#transports.find('send')
    if (this.#producer !== producer || this.#closingProducer === producer || !transport) throw producerIsGone()
    if (!this.#host.producers.has(producerId)) this.#host.onProducerAdmitted(producer, transport, this)
  }

  /** Closes a producer that was not accepted; does nothing when the participant has another one. */
  dropProducer(producerId: string): void {
    if (this.#producer?.id === producerId) this.#closeProducer(this.#producer)
  }

  /** Closes the producer; resolves when no worker forwards another packet of it. */
  async closeProducer(): Promise<void> {
    const producer = this.#producer
    if (!producer) return
    this.#closingProducer = producer
    try {
      await this.#host.producers.setPaused(producer, true)
    } finally {
      this.#closeProducer(producer)
    }
  }

  /** Resolves when the workers have done it. A producer that is being closed stays silent. */
  async setMuted(muted: boolean): Promise<void> {
    const producer = this.#producer
    if (!producer || producer === this.#closingProducer) return
    await this.#host.producers.setPaused(producer, muted)
  }

  /**
   * Creates a consumer of another participant's producer. Throws NOT_FOUND, CONFLICT (own producer, second consumer, no
   * receive transport), VALIDATION, UNAVAILABLE.
   */
  async consume(order: ConsumeOrder): Promise<ConsumerAnswer> {
    const { producerId } = order
    this.#host.producers.get(producerId)
    if (producerId === this.#producer?.id) throw new CodedError('CONFLICT', 'You cannot consume your own producer.')
    const transport = this.#transports.find('recv')
    if (!transport) throw new CodedError('CONFLICT', 'Create a receive transport first.')
    return await this.#consumers.consume({ ...order, showRouter: this.#getShowRouter(), transport })
  }

  /** Whether this participant is sent the voice of a user. */
  isHearing(userId: string): boolean {
    return this.#consumers.isHearing(userId)
  }

  /** Throws NOT_FOUND, UNAVAILABLE. */
  async resumeConsumer(consumerId: string): Promise<void> {
    await this.#consumers.resume(consumerId)
  }

  /** Throws NOT_FOUND, UNAVAILABLE. */
  async pauseConsumer(consumerId: string): Promise<void> {
    await this.#consumers.pause(consumerId)
  }

  /** Throws NOT_FOUND. */
  closeConsumer(consumerId: string): void {
    this.#consumers.close(consumerId)
  }

  /** Closes its transports. An admitted producer counts as lost, as if its worker had died. */
  loseTransports(): void {
    this.#transports.closeAll()
  }

  /** Closes everything; objects that are being created close as soon as they exist. May be called twice. */
  close(): void {
    this.#firstPacket?.close()
    this.#empty()
  }

  /** Closes everything and continues with nothing on this router. */
  moveTo(showRouter: ShowRouter): void {
    this.#empty()
    this.#showRouter = showRouter
  }

  #empty(): void {
    this.#showRouter = null
    this.#pending.cancelAll()
    if (this.#producer) this.#closeProducer(this.#producer)
    this.#transports.closeAll()
  }

  #getShowRouter(): ShowRouter {
    if (!this.#showRouter) {
      throw new CodedError('UNAVAILABLE', 'The audio is being restored. Try again in a moment.')
    }
    return this.#showRouter
  }

  #closeProducer(producer: types.Producer): void {
    if (this.#producer === producer) {
      this.#producer = null
      this.#consumers.setConversing(false)
    }
    this.#host.producers.remove(producer.id)
    producer.close()
  }

  #producerGone(producer: types.Producer): void {
    if (this.#producer !== producer) return
    const wasAdmitted = this.#host.producers.has(producer.id)
    this.#closeProducer(producer)
    if (wasAdmitted) this.#host.onProducerLost(producer.id, this)
  }
}

/** The worker gives a producer its first score with its first packet, also while it is paused. */
export function hasSentNothing({ score }: types.Producer): boolean {
  return score.length === 0
}

function producerIsGone(): CodedError {
  return new CodedError('CONFLICT', 'The producer is closed. Produce again.')
}
