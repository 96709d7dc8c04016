import { Device, type types } from 'mediasoup-client'
import { CodedError } from '../contract/errors.ts'
import type { RtpCapabilities } from '../contract/media.ts'
import type { Ask } from './connection.ts'
import {
  deviceCapabilities,
  receivableCapabilities,
  receiveOptions,
  sentParameters,
  transportOptions,
  wireDtls
} from './media-shapes.ts'
import { repairPath } from './path-repair.ts'
import type { SoundOutput } from './sound.ts'
import type { SoundKind } from './volumes.ts'

export interface MediaSessionParts {
  ask: Ask
  sound: SoundOutput
  /** WebRTC where it is not the browser's own. */
  handlerFactory?: types.HandlerFactory
  /** Which ways media may take; any when not given. */
  iceTransportPolicy?: RTCIceTransportPolicy
  /** A path to the server stands. */
  connected: () => void
  /** Something failed that nobody waits for: all this has to be made anew. */
  broken: () => void
}

/** Somebody who is heard, or will be in a moment. */
interface Hearing {
  consumer: types.Consumer | null
}

/** One life of a person's audio in a show: a device, a transport each way, a producer, consumers. Made anew after every reset. */
export class MediaSession {
  readonly #parts: MediaSessionParts
  readonly #device: Promise<types.Device>
  readonly #transports = new Map<'send' | 'recv', Promise<types.Transport>>()
  readonly #hearings = new Map<string, Hearing>()
  #producer: types.Producer | null = null
  #closed = false

  constructor(parts: MediaSessionParts, routerRtpCapabilities: RtpCapabilities) {
    this.#parts = parts
    this.#device = this.#load(routerRtpCapabilities)
    this.#device.catch(() => {})
  }

  /** The producer that is open here, whatever the server says of it. */
  get producerId(): string | null {
    return this.#producer?.id ?? null
  }

  /** Hears these producers, by id, and no others. What fails because it went away meanwhile is left alone. */
  hear(wanted: ReadonlyMap<string, SoundKind>): void {
    for (const [producerId, hearing] of this.#hearings) {
      if (wanted.has(producerId)) continue
      this.#hearings.delete(producerId)
      if (hearing.consumer) this.#stopHearing(hearing.consumer)
    }
    for (const [producerId, kind] of wanted) {
      if (this.#hearings.has(producerId)) continue
      const hearing: Hearing = { consumer: null }
      this.#hearings.set(producerId, hearing)
      this.#consume(producerId, hearing, kind).catch((error: unknown) => this.#unheard(producerId, hearing, error))
    }
  }

  /** Sends a microphone's track; the person needs the floor. One producer at a time. */
  async produce(track: MediaStreamTrack, muted: boolean): Promise<void> {
    const transport = await this.#transport('send')
    // A voice: one channel, repaired by FEC where packets are lost, next to nothing sent in silence.
    const producer = await transport.produce({
      track,
      stopTracks: false,
      codecOptions: { opusStereo: false, opusFec: true, opusDtx: true },
      appData: { muted }
    })
    if (this.#closed) {
      producer.close()
      throw lostMeanwhile()
    }
    this.#producer = producer
    this.setMuted(muted)
  }

  /** Sends another track, or none, in place of the one before. */
  async replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    await this.#producer?.replaceTrack({ track })
  }

  /** Sends silence; the server forwards nothing in any case. */
  setMuted(muted: boolean): void {
    if (muted) this.#producer?.pause()
    else this.#producer?.resume()
  }

  /** The producer is gone on the server, or about to. */
  dropProducer(): void {
    this.#producer?.close()
    this.#producer = null
  }

  /** Closes everything here. */
  close(): void {
    this.#closed = true
    this.dropProducer()
    for (const { consumer } of this.#hearings.values()) if (consumer) this.#stopHearing(consumer)
    this.#hearings.clear()
    for (const opening of this.#transports.values()) {
      opening.then(
        transport => transport.close(),
        () => {}
      )
    }
  }

  /** Closes everything here and on the server, which allows one transport each way. */
  async retire(): Promise<void> {
    const opened = await Promise.allSettled(this.#transports.values())
    this.close()
    await Promise.allSettled(
      opened.map(async result => {
        if (result.status === 'fulfilled') {
          await this.#parts.ask('media:closeTransport', { transportId: result.value.id })
        }
      })
    )
  }

  async #load(routerRtpCapabilities: RtpCapabilities): Promise<types.Device> {
    const device = await createDevice(this.#parts.handlerFactory)
    await device.load({ routerRtpCapabilities: deviceCapabilities(routerRtpCapabilities) })
    return device
  }

  /** The transport in this direction, made when it is first needed; one that could not be made is tried again then. */
  async #transport(direction: 'send' | 'recv'): Promise<types.Transport> {
    const opening = this.#transports.get(direction) ?? this.#openTransport(direction)
    this.#transports.set(direction, opening)
    return await opening.catch((error: unknown) => {
      if (this.#transports.get(direction) === opening) this.#transports.delete(direction)
      throw error
    })
  }

  async #openTransport(direction: 'send' | 'recv'): Promise<types.Transport> {
    const { ask, connected, broken, iceTransportPolicy } = this.#parts
    const device = await this.#device
    const answer = await ask('media:createTransport', { direction })
    if (this.#closed) throw lostMeanwhile()
    const options = { ...transportOptions(answer), ...(iceTransportPolicy && { iceTransportPolicy }) }
    const transport = direction === 'send' ? device.createSendTransport(options) : device.createRecvTransport(options)
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      ask('media:connectTransport', { transportId: transport.id, dtlsParameters: wireDtls(dtlsParameters) }).then(
        done,
        failed
      )
    })
    transport.on('produce', ({ rtpParameters, appData }, done, failed) => {
      ask('media:produce', {
        transportId: transport.id,
        kind: 'audio',
        rtpParameters: sentParameters(rtpParameters),
        muted: appData.muted === true
      }).then(({ producerId }) => done({ id: producerId }), failed)
    })
    repairPath(transport, { ask, connected, broken })
    return transport
  }

  async #consume(producerId: string, hearing: Hearing, kind: SoundKind): Promise<void> {
    const { ask, sound } = this.#parts
    const device = await this.#device
    const transport = await this.#transport('recv')
    if (!this.#wants(producerId, hearing)) return
    const answer = await ask('media:consume', {
      producerId,
      rtpCapabilities: receivableCapabilities(device.recvRtpCapabilities)
    })
    const consumer = await transport.consume(receiveOptions(answer))
    if (!this.#wants(producerId, hearing)) return this.#stopHearing(consumer)
    hearing.consumer = consumer
    sound.add(consumer.id, consumer.track, kind)
    await ask('media:resumeConsumer', { consumerId: consumer.id })
  }

  #wants(producerId: string, hearing: Hearing): boolean {
    return !this.#closed && this.#hearings.get(producerId) === hearing
  }

  #unheard(producerId: string, hearing: Hearing, error: unknown): void {
    if (!this.#wants(producerId, hearing)) return
    this.#hearings.delete(producerId)
    if (hearing.consumer) this.#stopHearing(hearing.consumer)
    if (needsNewMedia(error)) this.#parts.broken()
  }

  #stopHearing(consumer: types.Consumer): void {
    this.#parts.sound.remove(consumer.id)
    if (!consumer.closed) consumer.close()
    // The server closes it by itself when its producer is gone.
    if (!this.#closed) this.#parts.ask('media:closeConsumer', { consumerId: consumer.id }).catch(() => {})
  }
}

/**
 * Whether a failure means that the transports are not what we think. Otherwise the producer is gone (NOT_FOUND), or this one
 * can't be had; it is tried again when the stage changes.
 */
export function needsNewMedia(error: unknown): boolean {
  if (error instanceof NoWebRtcError) return false
  return !(error instanceof CodedError) || error.code === 'CONFLICT' || error.code === 'UNAVAILABLE'
}

/** The platform has no WebRTC and the app passed none. Trying again does not help. */
class NoWebRtcError extends Error {
  override readonly name = 'NoWebRtcError'
  constructor() {
    super('This platform has no WebRTC. Pass a handlerFactory to createAmbient to send and receive audio.')
  }
}

async function createDevice(handlerFactory: types.HandlerFactory | undefined): Promise<types.Device> {
  if (handlerFactory) return new Device({ handlerFactory })
  try {
    return await Device.factory()
  } catch (error) {
    throw error instanceof Error && error.name === 'UnsupportedError' ? new NoWebRtcError() : error
  }
}

function lostMeanwhile(): CodedError {
  return new CodedError('UNAVAILABLE', 'The connection was lost meanwhile.')
}
