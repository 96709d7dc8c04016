import type { types } from 'mediasoup-client'
import { CodedError } from '../contract/errors.ts'
import type { ConsumerParameters, Reception } from '../contract/reception.ts'
import { NoWebRtcError } from './device.ts'
import { consumerOptions, receiveCapabilities } from './media-parameters.ts'
import type { SoundOutput } from './sound.ts'
import { wireTransport, type TransportParts } from './transport.ts'
import type { SoundKind } from './volumes.ts'

export interface MediaSessionParts extends TransportParts {
  sound: SoundOutput
  /** Returns whose voice a producer sends. */
  findSpeaker: (producerId: string) => string | undefined
}

/** The kinds of producers in a show. */
export type ReceivedKind = SoundKind | 'jingle'

/** One producer that is received. `consumer` is null until the server has created it. */
interface ReceivedProducer {
  consumer: types.Consumer | null
}

/**
 * The media of a user in a show: a device, a transport in each direction, a producer, and consumers. A reset or a
 * failure ends it, and a new media session replaces it.
 */
export class MediaSession {
  readonly #parts: MediaSessionParts
  readonly #device: Promise<types.Device>
  readonly #transports = new Map<'send' | 'recv', Promise<types.Transport>>()
  /** By producer id. */
  readonly #receptions = new Map<string, ReceivedProducer>()
  /** Consumers that the server created with the join and that are not used yet, by producer id. */
  readonly #readyConsumers: Map<string, ConsumerParameters>
  #producer: types.Producer | null = null
  #isClosed = false

  /** `reception`: the receive transport and the consumers that the server has created already. */
  constructor(parts: MediaSessionParts, device: Promise<types.Device>, reception?: Reception) {
    this.#parts = parts
    this.#device = device
    this.#readyConsumers = new Map(reception?.consumers.map(consumer => [consumer.producerId, consumer]))
    if (!reception) return
    const opening = this.#openTransport('recv', reception.transport)
    opening.catch(() => {})
    this.#transports.set('recv', opening)
  }

  /** Id of the producer that is open in this client. The server may have closed it already. */
  get producerId(): string | null {
    return this.#producer?.id ?? null
  }

  /** Returns what sends or receives a producer in this client. */
  findMedia(producerId: string): types.Consumer | types.Producer | null {
    if (producerId === this.#producer?.id) return this.#producer
    return this.#receptions.get(producerId)?.consumer ?? null
  }

  /** Receives exactly these producers, given by id. Ignores failures of producers that have closed meanwhile. */
  receiveOnly(producers: ReadonlyMap<string, ReceivedKind>): void {
    for (const [producerId, { consumer }] of this.#receptions) {
      if (producers.has(producerId)) continue
      this.#receptions.delete(producerId)
      if (consumer) this.#closeConsumer(consumer)
    }
    for (const [producerId, { consumerId }] of this.#readyConsumers) {
      if (producers.has(producerId)) continue
      this.#readyConsumers.delete(producerId)
      this.#parts.sendCommand('media:closeConsumer', { consumerId }).catch(() => {})
    }
    for (const [producerId, kind] of producers) {
      if (this.#receptions.has(producerId)) continue
      const reception: ReceivedProducer = { consumer: null }
      this.#receptions.set(producerId, reception)
      this.#consume(producerId, reception, kind).catch((error: unknown) =>
        this.#onConsumeFailed(producerId, reception, error)
      )
    }
  }

  /** Sends the track of a microphone. The user needs the floor. There is at most one producer. */
  async produce(track: MediaStreamTrack, isMuted: boolean): Promise<void> {
    const transport = await this.#getTransport('send')
    // For speech: one channel, FEC against packet loss, and almost no packets during silence.
    const producer = await transport.produce({
      track,
      stopTracks: false,
      codecOptions: { opusStereo: false, opusFec: true, opusDtx: true },
      appData: { muted: isMuted }
    })
    if (this.#isClosed) {
      producer.close()
      throw closedError()
    }
    this.#producer = producer
    this.setMuted(isMuted)
  }

  /** Replaces the track that is sent, or sends none. */
  async replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    await this.#producer?.replaceTrack({ track })
  }

  /** Stops sending sound. The server forwards nothing of a muted speaker in any case. */
  setMuted(isMuted: boolean): void {
    if (isMuted) this.#producer?.pause()
    else this.#producer?.resume()
  }

  /** Uses these STUN and TURN servers from now on. The paths that exist stay. */
  useIceServers(iceServers: types.TransportOptions['iceServers']): void {
    for (const opening of this.#transports.values()) {
      opening
        .then(async transport => {
          if (!transport.closed) await transport.updateIceServers({ iceServers: iceServers ?? [] })
        })
        // The credentials at hand are good for a while, and an ICE restart brings new ones.
        .catch(() => {})
    }
  }

  /** Closes the producer in this client. The server has closed its own, or is about to. */
  closeProducer(): void {
    this.#producer?.close()
    this.#producer = null
  }

  /** Closes everything in this client. */
  close(): void {
    this.#isClosed = true
    this.closeProducer()
    for (const { consumer } of this.#receptions.values()) if (consumer) this.#closeConsumer(consumer)
    this.#receptions.clear()
    for (const opening of this.#transports.values()) {
      opening.then(
        transport => transport.close(),
        () => {}
      )
    }
  }

  /** Closes everything in this client and on the server, which allows one transport per direction. */
  async closeEverywhere(): Promise<void> {
    const opened = await Promise.allSettled(this.#transports.values())
    this.close()
    await Promise.allSettled(
      opened.map(async result => {
        if (result.status === 'fulfilled') {
          await this.#parts.sendCommand('media:closeTransport', { transportId: result.value.id })
        }
      })
    )
  }

  /**
   * Returns the transport of a direction, created at the first call. A failed creation is tried again at the next call.
   */
  async #getTransport(direction: 'send' | 'recv'): Promise<types.Transport> {
    const opening = this.#transports.get(direction) ?? this.#openTransport(direction)
    this.#transports.set(direction, opening)
    return await opening.catch((error: unknown) => {
      if (this.#transports.get(direction) === opening) this.#transports.delete(direction)
      throw error
    })
  }

  async #openTransport(direction: 'send' | 'recv', opened?: Reception['transport']): Promise<types.Transport> {
    const device = await this.#device
    const answer = opened ?? (await this.#parts.sendCommand('media:createTransport', { direction }))
    if (this.#isClosed) throw closedError()
    return wireTransport(device, { ...this.#parts, direction, answer })
  }

  async #consume(producerId: string, reception: ReceivedProducer, kind: ReceivedKind): Promise<void> {
    const { sendCommand, sound, findSpeaker } = this.#parts
    const device = await this.#device
    const transport = await this.#getTransport('recv')
    if (!this.#isCurrent(producerId, reception)) return
    const ready = this.#readyConsumers.get(producerId)
    this.#readyConsumers.delete(producerId)
    const rtpCapabilities = receiveCapabilities(device.recvRtpCapabilities)
    const answer = ready ?? (await sendCommand('media:consume', { producerId, rtpCapabilities }))
    const consumer = await transport.consume(consumerOptions(answer))
    if (!this.#isCurrent(producerId, reception)) return this.#closeConsumer(consumer)
    reception.consumer = consumer
    const isJingle = kind === 'jingle'
    sound.add(consumer.id, consumer.track, isJingle ? 'song' : kind, findSpeaker(producerId), isJingle)
    if (!ready) await sendCommand('media:resumeConsumer', { consumerId: consumer.id })
  }

  /** Whether the reception was not ended while an asynchronous step ran. */
  #isCurrent(producerId: string, reception: ReceivedProducer): boolean {
    return !this.#isClosed && this.#receptions.get(producerId) === reception
  }

  #onConsumeFailed(producerId: string, reception: ReceivedProducer, error: unknown): void {
    if (!this.#isCurrent(producerId, reception)) return
    this.#receptions.delete(producerId)
    if (reception.consumer) this.#closeConsumer(reception.consumer)
    if (isSessionBroken(error)) this.#parts.onBroken()
  }

  #closeConsumer(consumer: types.Consumer): void {
    this.#parts.sound.remove(consumer.id)
    if (!consumer.closed) consumer.close()
    // The server closes it by itself when the producer has closed.
    if (!this.#isClosed) {
      this.#parts.sendCommand('media:closeConsumer', { consumerId: consumer.id }).catch(() => {})
    }
  }
}

/**
 * Whether a failure means that client and server disagree about the transports. Otherwise the producer has closed
 * (NOT_FOUND) or cannot be consumed; the client tries again when the stage changes.
 */
function isSessionBroken(error: unknown): boolean {
  if (error instanceof NoWebRtcError) return false
  return !(error instanceof CodedError) || error.code === 'CONFLICT' || error.code === 'UNAVAILABLE'
}

function closedError(): CodedError {
  return new CodedError('UNAVAILABLE', 'The connection was lost.')
}
