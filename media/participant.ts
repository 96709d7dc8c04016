import type { types } from 'mediasoup'
import { CodedError } from '../contract/errors.ts'
import type { DtlsParameters, RtpCapabilities, RtpParameters } from '../contract/media.ts'
import type { FirstPacket } from './first-packet.ts'
import { Making } from './pending-creations.ts'
import { sendParameters } from './rtp-shapes.ts'
import { SessionConsumers, type ConsumerAnswer } from './session-consumers.ts'
import { SessionTransports, type Direction, type TransportAnswer } from './session-transports.ts'
import type { ProducerOwner, ShowRouter } from './show-router.ts'
import type { Voices } from './voices.ts'

/** What a participant needs of its show. */
export interface Stage {
  readonly voices: Voices
  /** A producer may be heard from now on. */
  admit(producer: types.Producer, participant: Participant): void
  /** An admitted producer closed without being asked to. */
  lost(producerId: string, participant: Participant): void
}

/**
 * One session's transports, its producer and its consumers: made here, looked up only here, and closed with it. The session
 * outlives them: when its worker dies it is emptied and placed elsewhere.
 */
export class Participant {
  readonly sessionId: string
  readonly userId: string
  readonly #stage: Stage
  readonly #making = new Making()
  readonly #transports = new SessionTransports(this.#making)
  readonly #consumers: SessionConsumers
  readonly #firstPacket: FirstPacket | null
  #showRouter: ShowRouter | null = null
  #producer: types.Producer | null = null
  /** Being closed: nothing unmutes it any more. */
  #silenced: types.Producer | null = null

  /** `firstPacket` notes how long it waits to hear something, where that is to be known. */
  constructor(sessionId: string, userId: string, stage: Stage, firstPacket: FirstPacket | null = null) {
    this.sessionId = sessionId
    this.userId = userId
    this.#stage = stage
    this.#firstPacket = firstPacket
    this.#consumers = new SessionConsumers(this.#making, stage.voices, firstPacket)
  }

  /** The router it stands on; null while it waits for one, and after it left. */
  get showRouter(): ShowRouter | null {
    return this.#showRouter
  }

  /** Throws CONFLICT when there is one in this direction already, UNAVAILABLE while the audio is being restored. */
  async createTransport(direction: Direction): Promise<TransportAnswer> {
    return await this.#transports.create(direction, this.#place())
  }

  /** Throws NOT_FOUND, CONFLICT when connected already, VALIDATION, UNAVAILABLE. */
  async connectTransport(transportId: string, dtlsParameters: DtlsParameters): Promise<void> {
    await this.#transports.connect(transportId, dtlsParameters)
  }

  /** Throws NOT_FOUND, UNAVAILABLE. */
  async restartIce(transportId: string): Promise<types.IceParameters> {
    return await this.#transports.restartIce(transportId)
  }

  /** Throws NOT_FOUND. */
  closeTransport(transportId: string): void {
    this.#transports.find(transportId).close()
  }

  /**
   * Makes the session's one producer, paused and hidden: nobody can hear it until it is admitted.
   * Throws NOT_FOUND, CONFLICT, VALIDATION, UNAVAILABLE.
   */
  async produce({
    transportId,
    rtpParameters
  }: {
    transportId: string
    rtpParameters: RtpParameters
  }): Promise<string> {
    const transport = this.#transports.find(transportId)
    if (transport !== this.#transports.at('send')) throw new CodedError('NOT_FOUND', 'There is no such send transport.')
    if (this.#producer) throw new CodedError('CONFLICT', 'There is a producer already.')
    const appData: ProducerOwner = { userId: this.userId }
    const { id } = await this.#making.make(
      { name: 'producer', parent: transport, path: '/rtpParameters' },
      async () =>
        await transport.produce({ kind: 'audio', rtpParameters: sendParameters(rtpParameters), paused: true, appData }),
      producer => {
        this.#producer = producer
        producer.once('transportclose', () => this.#producerGone(producer))
      }
    )
    return id
  }

  /** Lets the producer be heard, or be there muted. Throws CONFLICT when it is not there any more. */
  async admitProducer(producerId: string, muted: boolean): Promise<void> {
    const producer = this.#producer
    if (!producer || producer.id !== producerId) throw producerIsGone()
    // Also when muted: a mute and an unmute that came in between may have let it run already.
    await this.#stage.voices.setPaused(producer, muted)
    if (this.#producer !== producer || this.#silenced === producer) throw producerIsGone()
    if (!this.#stage.voices.has(producerId)) this.#stage.admit(producer, this)
  }

  /** Throws away a producer that was not accepted; any other stays. */
  dropProducer(producerId: string): void {
    if (this.#producer?.id === producerId) this.#closeProducer(this.#producer)
  }

  /** Resolves when no worker forwards one more packet of it; at once when there is none. */
  async closeProducer(): Promise<void> {
    const producer = this.#producer
    if (!producer) return
    this.#silenced = producer
    try {
      await this.#stage.voices.setPaused(producer, true)
    } finally {
      this.#closeProducer(producer)
    }
  }

  /** Resolves when the workers have done it. One that is being closed stays silent. */
  async setMuted(muted: boolean): Promise<void> {
    const producer = this.#producer
    if (!producer || producer === this.#silenced) return
    await this.#stage.voices.setPaused(producer, muted)
  }

  /**
   * A consumer of somebody's producer, paused. Throws NOT_FOUND, CONFLICT (one's own, a second one, no receive
   * transport), VALIDATION, UNAVAILABLE.
   */
  async consume({
    producerId,
    rtpCapabilities
  }: {
    producerId: string
    rtpCapabilities: RtpCapabilities
  }): Promise<ConsumerAnswer> {
    this.#stage.voices.demand(producerId)
    if (producerId === this.#producer?.id) throw new CodedError('CONFLICT', 'This is your own voice.')
    const transport = this.#transports.at('recv')
    if (!transport) throw new CodedError('CONFLICT', 'Create a receive transport first.')
    return await this.#consumers.consume({ producerId, rtpCapabilities, showRouter: this.#place(), transport })
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

  /** Closes everything; what is being made right now closes as soon as it stands. */
  close(): void {
    this.#firstPacket?.close()
    this.#empty()
  }

  /** Starts with nothing on this router. */
  moveTo(showRouter: ShowRouter): void {
    this.#empty()
    this.#showRouter = showRouter
  }

  #empty(): void {
    this.#showRouter = null
    this.#making.abandon()
    if (this.#producer) this.#closeProducer(this.#producer)
    this.#transports.closeAll()
  }

  #place(): ShowRouter {
    if (!this.#showRouter) throw new CodedError('UNAVAILABLE', 'The audio is being restored; try again in a moment.')
    return this.#showRouter
  }

  #closeProducer(producer: types.Producer): void {
    if (this.#producer === producer) this.#producer = null
    this.#stage.voices.remove(producer.id)
    producer.close()
  }

  #producerGone(producer: types.Producer): void {
    if (this.#producer !== producer) return
    const wasHeard = this.#stage.voices.has(producer.id)
    this.#closeProducer(producer)
    if (wasHeard) this.#stage.lost(producer.id, this)
  }
}

function producerIsGone(): CodedError {
  return new CodedError('CONFLICT', 'The producer is gone; produce again.')
}
