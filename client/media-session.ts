import { Device, type types } from 'mediasoup-client'
import type { AckData, ClientEventName, Payload } from '../contract/client-events.ts'
import { CodedError } from '../contract/errors.ts'
import type { RtpCapabilities } from '../contract/media.ts'
import type { SoundOutput } from './sound.ts'
import { deviceCapabilities, receiveOptions, receivableCapabilities, sentParameters, transportOptions, wireDtls } from './media-shapes.ts'

/** Sends a command and gets its data; throws CodedError. */
export type Ask = <E extends ClientEventName>(event: E, payload: Payload<E>) => Promise<AckData<E>>

export interface MediaSessionParts {
  ask: Ask
  sound: SoundOutput
  /** WebRTC where it is not the browser's own. */
  handlerFactory?: types.HandlerFactory
  /** Something failed that nobody waits for; the session makes everything new. */
  onBroken (): void
}

/** One life of a person's audio in a show: a device, a transport each way, a producer, consumers. Made anew after every reset. */
export class MediaSession {
  readonly #parts: MediaSessionParts
  readonly #device: Promise<types.Device>
  #closed = false
  #receive: Promise<types.Transport> | null = null
  #send: Promise<types.Transport> | null = null
  #producer: types.Producer | null = null
  readonly #consumers = new Map<string, types.Consumer | 'coming'>()

  constructor (parts: MediaSessionParts, routerRtpCapabilities: RtpCapabilities) {
    this.#parts = parts
    this.#device = this.#load(routerRtpCapabilities)
    this.#device.catch(() => {})
  }

  /** Receives these producers and no others. What fails because it went away meanwhile is left alone. */
  hear (producerIds: readonly string[]): void {
    for (const [producerId, consumer] of this.#consumers) {
      if (producerIds.includes(producerId)) continue
      this.#consumers.delete(producerId)
      if (consumer !== 'coming') this.#stopHearing(consumer)
    }
    for (const producerId of producerIds) {
      if (this.#consumers.has(producerId)) continue
      this.#consumers.set(producerId, 'coming')
      this.#consume(producerId).catch((error: unknown) => this.#failed(producerId, error))
    }
  }

  /** Sends a microphone's track; the person needs the floor. Answers the producer's id. */
  async publish (track: MediaStreamTrack, muted: boolean): Promise<string> {
    this.#send ??= this.#openTransport('send')
    const transport = await this.#send.catch((error: unknown) => {
      this.#send = null
      throw error
    })
    this.#closeProducer()
    // A voice: one channel, repaired by FEC where packets are lost, next to nothing sent in silence.
    const producer = await transport.produce({ track, stopTracks: false, codecOptions: { opusStereo: false, opusFec: true, opusDtx: true }, appData: { muted } })
    if (this.#closed) {
      producer.close()
      throw new CodedError('UNAVAILABLE', 'The connection was lost meanwhile.')
    }
    this.#producer = producer
    if (muted) producer.pause()
    return producer.id
  }

  get producerId (): string | null { return this.#producer?.id ?? null }

  /** Stops sending here as well; the server does it in any case. */
  setMuted (muted: boolean): void {
    if (muted) this.#producer?.pause()
    else this.#producer?.resume()
  }

  /** The server took the producer, or the person steps down. */
  unpublish (): void {
    this.#closeProducer()
  }

  close (): void {
    this.#closed = true
    this.#closeProducer()
    for (const consumer of this.#consumers.values()) if (consumer !== 'coming') this.#stopHearing(consumer)
    this.#consumers.clear()
    for (const opening of [this.#receive, this.#send]) opening?.then(transport => transport.close(), () => {})
  }

  async #load (routerRtpCapabilities: RtpCapabilities): Promise<types.Device> {
    const { handlerFactory } = this.#parts
    const device = handlerFactory ? new Device({ handlerFactory }) : await Device.factory()
    await device.load({ routerRtpCapabilities: deviceCapabilities(routerRtpCapabilities) })
    return device
  }

  async #openTransport (direction: 'send' | 'recv'): Promise<types.Transport> {
    const device = await this.#device
    const answer = await this.#parts.ask('media:createTransport', { direction })
    const transport = direction === 'send' ? device.createSendTransport(transportOptions(answer)) : device.createRecvTransport(transportOptions(answer))
    if (this.#closed) {
      transport.close()
      throw new CodedError('UNAVAILABLE', 'The connection was lost meanwhile.')
    }
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      this.#parts.ask('media:connectTransport', { transportId: transport.id, dtlsParameters: wireDtls(dtlsParameters) }).then(done, failed)
    })
    transport.on('produce', ({ rtpParameters, appData }, done, failed) => {
      this.#parts.ask('media:produce', { transportId: transport.id, kind: 'audio', rtpParameters: sentParameters(rtpParameters), muted: appData.muted === true })
        .then(({ producerId }) => done({ id: producerId }), failed)
    })
    transport.on('connectionstatechange', state => { if (state === 'failed' || state === 'disconnected') this.#repair(transport) })
    return transport
  }

  #repairing = new Set<string>()

  /** A path that broke is tried anew by ICE; when that does not help, everything is made new. */
  async #repair (transport: types.Transport): Promise<void> {
    if (this.#repairing.has(transport.id) || this.#closed) return
    this.#repairing.add(transport.id)
    try {
      const { iceParameters, iceServers } = await this.#parts.ask('media:restartIce', { transportId: transport.id })
      await transport.updateIceServers({ iceServers })
      await transport.restartIce({ iceParameters: { iceLite: true, ...iceParameters } })
    } catch {
      if (!this.#closed) this.#parts.onBroken()
    } finally {
      this.#repairing.delete(transport.id)
    }
  }

  async #consume (producerId: string): Promise<void> {
    const device = await this.#device
    this.#receive ??= this.#openTransport('recv')
    const transport = await this.#receive
    const answer = await this.#parts.ask('media:consume', { producerId, rtpCapabilities: receivableCapabilities(device.recvRtpCapabilities) })
    const consumer = await transport.consume(receiveOptions(answer))
    if (this.#closed || this.#consumers.get(producerId) !== 'coming') {
      this.#stopHearing(consumer)
      return
    }
    this.#consumers.set(producerId, consumer)
    this.#parts.sound.add(consumer.id, consumer.track)
    await this.#parts.ask('media:resumeConsumer', { consumerId: consumer.id })
  }

  #failed (producerId: string, error: unknown): void {
    if (this.#closed) return
    this.#consumers.delete(producerId)
    const gone = error instanceof CodedError && (error.code === 'NOT_FOUND' || error.code === 'NOT_IN_SHOW')
    if (!gone) this.#parts.onBroken()
  }

  #stopHearing (consumer: types.Consumer): void {
    this.#parts.sound.remove(consumer.id)
    if (!consumer.closed) consumer.close()
    // The server closes it by itself when its producer is gone.
    if (!this.#closed) this.#parts.ask('media:closeConsumer', { consumerId: consumer.id }).catch(() => {})
  }

  #closeProducer (): void {
    this.#producer?.close()
    this.#producer = null
  }
}
