import type { types } from 'mediasoup'
import { CodedError } from '../contract/errors.ts'
import type { DtlsParameters, RtpCapabilities, RtpParameters } from '../contract/media.ts'
import { refusable } from './mediasoup-errors.ts'
import { receiveCapabilities, sendParameters, wireParameters } from './rtp-shapes.ts'
import type { ProducerOwner, Station } from './station.ts'

export type Direction = 'send' | 'recv'

/** What a client needs to connect to a transport. */
export interface TransportAnswer {
  id: string
  iceParameters: types.IceParameters
  iceCandidates: types.IceCandidate[]
  dtlsParameters: types.DtlsParameters
}

/** What a client needs to receive a producer. `userId` null is the song. */
export interface ConsumerAnswer {
  id: string
  producerId: string
  kind: 'audio'
  rtpParameters: RtpParameters
  userId: string | null
}

/** What a participant needs of its show. */
export interface Stage {
  /** A producer may be heard from now on. */
  admit (producer: types.Producer, participant: Participant): void
  /** It may not any more. */
  withdraw (producerId: string): void
  /** An admitted producer closed without being asked to. */
  lost (producerId: string, participant: Participant): void
  /** Makes a producer available on the station; whose it is. Throws NOT_FOUND. */
  reach (producerId: string, station: Station): Promise<string | null>
  has (producerId: string): boolean
}

/**
 * One session's transports, its producer and its consumers: made here, looked up only here, and closed with it. After every
 * await it is checked whether the session still stands on the same router (`#epoch`); what was made too late is closed.
 */
export class Participant {
  readonly sessionId: string
  readonly userId: string
  readonly #stage: Stage
  #station: Station | null
  #epoch = 0
  readonly #transports = new Map<Direction, types.WebRtcTransport>()
  readonly #connected = new Set<string>()
  readonly #pending = new Set<string>()
  readonly #consumers = new Map<string, types.Consumer>()
  #producer: types.Producer | null = null

  constructor (sessionId: string, userId: string, station: Station, stage: Stage) {
    this.sessionId = sessionId
    this.userId = userId
    this.#station = station
    this.#stage = stage
  }

  get station (): Station | null { return this.#station }

  /** Throws CONFLICT when there is one in this direction already. */
  async createTransport (direction: Direction): Promise<TransportAnswer> {
    if (this.#transports.has(direction)) throw new CodedError('CONFLICT', `There is a ${direction} transport already; close it first.`)
    const { router, mediaWorker } = this.#place()
    const transport = await this.#once(direction, router, async () => await router.createWebRtcTransport({
      webRtcServer: mediaWorker.webRtcServer,
      enableUdp: true,
      enableTcp: true,
      preferUdp: true,
      enableSctp: false
    }), late => late.close())
    this.#transports.set(direction, transport)
    transport.observer.once('close', () => {
      this.#connected.delete(transport.id)
      if (this.#transports.get(direction) === transport) this.#transports.delete(direction)
    })
    const { id, iceParameters, iceCandidates, dtlsParameters } = transport
    return { id, iceParameters, iceCandidates, dtlsParameters }
  }

  /** Throws NOT_FOUND, CONFLICT when connected already, VALIDATION. */
  async connectTransport (transportId: string, dtlsParameters: DtlsParameters): Promise<void> {
    const transport = this.#transport(transportId)
    if (this.#connected.has(transportId)) throw new CodedError('CONFLICT', 'This transport is connected already.')
    this.#connected.add(transportId)
    try {
      await refusable(() => transport.closed, async () => await transport.connect({ dtlsParameters }))
    } catch (error) {
      this.#connected.delete(transportId)
      throw error
    }
  }

  /** Throws NOT_FOUND. */
  async restartIce (transportId: string): Promise<types.IceParameters> {
    const transport = this.#transport(transportId)
    return await refusable(() => transport.closed, async () => await transport.restartIce())
  }

  /** Throws NOT_FOUND. */
  closeTransport (transportId: string): void {
    this.#transport(transportId).close()
  }

  /**
   * Makes the session's one producer, paused and hidden: nobody can hear it until it is admitted.
   * Throws NOT_FOUND, CONFLICT, VALIDATION.
   */
  async produce ({ transportId, rtpParameters }: { transportId: string, rtpParameters: RtpParameters }): Promise<string> {
    const transport = this.#transport(transportId)
    if (transport !== this.#transports.get('send')) throw new CodedError('NOT_FOUND', 'There is no such send transport.')
    if (this.#producer) throw new CodedError('CONFLICT', 'There is a producer already.')
    const appData: ProducerOwner = { userId: this.userId }
    const producer = await this.#once('producer', transport,
      async () => await transport.produce({ kind: 'audio', rtpParameters: sendParameters(rtpParameters), paused: true, appData }), late => late.close())
    this.#producer = producer
    producer.once('transportclose', () => this.#producerGone(producer))
    return producer.id
  }

  /** Lets the producer be heard, or be there muted. Throws CONFLICT when it is not there any more. */
  async admitProducer (producerId: string, muted: boolean): Promise<void> {
    const producer = this.#producer
    if (producer?.id !== producerId) throw new CodedError('CONFLICT', 'The producer is gone; produce again.')
    if (!muted) await refusable(() => producer.closed, async () => await producer.resume())
    if (producer.closed) throw new CodedError('CONFLICT', 'The producer is gone; produce again.')
    this.#stage.admit(producer, this)
  }

  /** Throws away a producer that was not accepted; any other stays. */
  dropProducer (producerId: string): void {
    if (this.#producer?.id === producerId) this.#closeProducer(this.#producer)
  }

  /** Resolves when the worker forwards not one more packet of it; at once when there is none. */
  async closeProducer (): Promise<void> {
    const producer = this.#producer
    if (!producer) return
    await producer.pause().catch(() => {})
    this.#closeProducer(producer)
  }

  /** Resolves when the worker has done it. */
  async setMuted (muted: boolean): Promise<void> {
    const producer = this.#producer
    if (!producer) return
    // One whose worker is gone is silent already.
    await (muted ? producer.pause() : producer.resume()).catch(() => {})
  }

  /**
   * A consumer of somebody's producer, paused. Throws NOT_FOUND, CONFLICT (one's own, a second one, no receive
   * transport), VALIDATION.
   */
  async consume ({ producerId, rtpCapabilities }: { producerId: string, rtpCapabilities: RtpCapabilities }): Promise<ConsumerAnswer> {
    if (!this.#stage.has(producerId)) throw new CodedError('NOT_FOUND', 'There is no such producer.')
    const transport = this.#transports.get('recv')
    if (!transport) throw new CodedError('CONFLICT', 'Create a receive transport first.')
    if (producerId === this.#producer?.id) throw new CodedError('CONFLICT', 'This is your own voice.')
    if ([...this.#consumers.values()].some(consumer => consumer.producerId === producerId)) throw new CodedError('CONFLICT', 'You consume this producer already.')
    const station = this.#place()
    const capabilities = receiveCapabilities(rtpCapabilities)
    let userId: string | null = null
    const consumer = await this.#once(producerId, transport, async () => {
      userId = await this.#stage.reach(producerId, station)
      if (!station.router.canConsume({ producerId, rtpCapabilities: capabilities })) throw new CodedError('VALIDATION', 'These capabilities can\'t receive Opus.')
      return await transport.consume({ producerId, rtpCapabilities: capabilities, paused: true })
    }, late => late.close())
    if (!this.#stage.has(producerId)) {
      consumer.close()
      throw new CodedError('NOT_FOUND', 'There is no such producer any more.')
    }
    this.#consumers.set(consumer.id, consumer)
    consumer.observer.once('close', () => this.#consumers.delete(consumer.id))
    return { id: consumer.id, producerId, kind: 'audio', rtpParameters: wireParameters(consumer.rtpParameters), userId }
  }

  /** Throws NOT_FOUND. */
  async resumeConsumer (consumerId: string): Promise<void> {
    const consumer = this.#consumer(consumerId)
    await refusable(() => consumer.closed, async () => await consumer.resume())
  }

  /** Throws NOT_FOUND. */
  async pauseConsumer (consumerId: string): Promise<void> {
    const consumer = this.#consumer(consumerId)
    await refusable(() => consumer.closed, async () => await consumer.pause())
  }

  /** Throws NOT_FOUND. */
  closeConsumer (consumerId: string): void {
    this.#consumer(consumerId).close()
  }

  /** Closes everything; what is being made right now closes as soon as it stands. */
  close (): void {
    this.#epoch++
    this.#station = null
    this.#pending.clear()
    if (this.#producer) this.#closeProducer(this.#producer)
    for (const transport of [...this.#transports.values()]) transport.close()
  }

  /** Everything is gone with its router; the session goes on at another. */
  moveTo (station: Station): void {
    this.close()
    this.#station = station
  }

  /** Makes one thing of a kind at a time, and closes it if the session has moved on meanwhile. */
  async #once<T> (kind: string, parent: { readonly closed: boolean }, make: () => Promise<T>, discard: (made: T) => void): Promise<T> {
    if (this.#pending.has(kind)) throw new CodedError('CONFLICT', 'This is being made already.')
    const epoch = this.#epoch
    this.#pending.add(kind)
    try {
      const made = await refusable(() => parent.closed || this.#epoch !== epoch, make)
      if (this.#epoch === epoch && !parent.closed) return made
      discard(made)
      throw new CodedError('UNAVAILABLE', 'The audio was closed meanwhile; try again.')
    } finally {
      if (this.#epoch === epoch) this.#pending.delete(kind)
    }
  }

  #place (): Station {
    if (!this.#station) throw new CodedError('UNAVAILABLE', 'The audio is being restored; try again in a moment.')
    return this.#station
  }

  #transport (transportId: string): types.WebRtcTransport {
    for (const transport of this.#transports.values()) if (transport.id === transportId) return transport
    throw new CodedError('NOT_FOUND', 'There is no such transport.')
  }

  #consumer (consumerId: string): types.Consumer {
    const consumer = this.#consumers.get(consumerId)
    if (!consumer) throw new CodedError('NOT_FOUND', 'There is no such consumer.')
    return consumer
  }

  #closeProducer (producer: types.Producer): void {
    if (this.#producer === producer) this.#producer = null
    this.#stage.withdraw(producer.id)
    producer.close()
  }

  #producerGone (producer: types.Producer): void {
    if (this.#producer !== producer) return
    this.#producer = null
    const wasHeard = this.#stage.has(producer.id)
    this.#stage.withdraw(producer.id)
    if (wasHeard) this.#stage.lost(producer.id, this)
  }
}
