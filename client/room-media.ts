import type { types } from 'mediasoup-client'
import type { RtpCapabilities } from '../contract/media.ts'
import type { ReceiveOrder, Reception } from '../contract/reception.ts'
import { createBackoff, type Backoff } from './backoff.ts'
import type { Clock } from './clock.ts'
import type { SendCommand } from './connection.ts'
import { loadDevice } from './device.ts'
import { receiveCapabilities } from './media-parameters.ts'
import { MediaSession } from './media-session.ts'
import { retryWhenRateLimited } from './rate-limit-retry.ts'
import { expectedRouterCapabilities } from './router-capabilities.ts'
import type { SoundOutput } from './sound.ts'
import { VoiceLevels, type VoiceLevelsParts } from './voice-levels.ts'

export interface RoomMediaParts {
  sendCommand: SendCommand
  sound: SoundOutput
  clock: Clock
  handlerFactory?: types.HandlerFactory
  iceTransportPolicy?: RTCIceTransportPolicy
  getStage: VoiceLevelsParts['getStage']
  /** The loudness of voices has changed. */
  onLevels: VoiceLevelsParts['onChange']
  /** A new media session has started: receive and send again. */
  onStarted: () => void
  /** New media sessions did not help: only a new connection does. */
  onUnrecoverable: () => void
  /** It has become known whether the platform can send and receive. */
  onSupport: (isSupported: boolean) => void
}

/** Number of new media sessions in a row before the connection itself is replaced. */
const maxRestarts = 3
const delays = { firstMs: 500, maxMs: 8000 }
/** A path that has worked for this long is stable. One that breaks at once every time is not. */
const stableAfterMs = 10_000

/**
 * The media of a user in a show across reconnects. Each join and each `media:reset` starts a new media session, and so
 * does a failure. Recovery escalates: an ICE restart, then a new media session, then a new connection.
 */
export class RoomMedia {
  /** The loudness of the voices. */
  readonly levels: VoiceLevels
  readonly #parts: RoomMediaParts
  readonly #backoff: Backoff
  #session: MediaSession | null = null
  #routerRtpCapabilities = expectedRouterCapabilities
  /** Null until it is needed, and again after it could not be loaded. */
  #device: Promise<types.Device> | null = null
  /** Changes with each stop, so that a scheduled restart of an earlier session is ignored. */
  #generation = 0
  #cancelStableTimer: (() => void) | undefined

  constructor(parts: RoomMediaParts) {
    this.#parts = parts
    this.#backoff = createBackoff(delays, parts.clock)
    this.levels = new VoiceLevels({
      clock: parts.clock,
      getMediaSession: () => this.#session,
      getStage: parts.getStage,
      onChange: parts.onLevels
    })
    this.#getDevice()
  }

  /** The current media session. Null between a failure and the next start. */
  get session(): MediaSession | null {
    return this.#session
  }

  /** Returns what it takes to receive with a join; undefined without WebRTC. */
  async receiveOrder(): Promise<ReceiveOrder | undefined> {
    try {
      const { recvRtpCapabilities } = await this.#getDevice()
      return { rtpCapabilities: receiveCapabilities(recvRtpCapabilities) }
    } catch {
      return undefined
    }
  }

  /**
   * Starts a new media session with the capabilities of the router. The server has closed the previous one.
   * `reception`: what the server has created already.
   */
  start(routerRtpCapabilities: RtpCapabilities, reception?: Reception): void {
    this.stop()
    const { sendCommand, clock, sound, iceTransportPolicy, getStage, onStarted } = this.#parts
    const isSameRouter = JSON.stringify(routerRtpCapabilities) === JSON.stringify(this.#routerRtpCapabilities)
    if (!isSameRouter) {
      this.#routerRtpCapabilities = routerRtpCapabilities
      this.#device = null
      if (reception) sendCommand('media:closeTransport', { transportId: reception.transport.id }).catch(() => {})
    }
    const session: MediaSession = new MediaSession(
      {
        sendCommand: retryWhenRateLimited(sendCommand, clock),
        sound,
        findSpeaker: producerId => getStage().find(member => member.producerId === producerId)?.userId,
        onConnected: () => this.#startStableTimer(),
        onBroken: () => this.restart(session),
        ...(iceTransportPolicy && { iceTransportPolicy })
      },
      this.#getDevice(),
      isSameRouter ? reception : undefined
    )
    this.#session = session
    onStarted()
  }

  /** Replaces a broken media session, unless that has happened already. */
  restart(session: MediaSession): void {
    if (this.#session !== session) return
    const isUnrecoverable = this.#backoff.attempts >= maxRestarts
    this.stop()
    const generation = this.#generation
    const closed = session.closeEverywhere()
    if (isUnrecoverable) {
      this.#backoff.reset()
      return this.#parts.onUnrecoverable()
    }
    this.#backoff.schedule(async () => {
      await closed
      if (generation === this.#generation) this.start(this.#routerRtpCapabilities)
    })
  }

  stop(): void {
    this.#generation++
    this.#backoff.cancel()
    this.#cancelStableTimer?.()
    this.#session?.close()
    this.#session = null
  }

  #getDevice(): Promise<types.Device> {
    if (this.#device) return this.#device
    const device = loadDevice(this.#parts.handlerFactory, this.#routerRtpCapabilities)
    this.#device = device
    device.then(
      () => this.#parts.onSupport(true),
      () => {
        if (this.#device === device) this.#device = null
        this.#parts.onSupport(false)
      }
    )
    return device
  }

  #startStableTimer(): void {
    this.#cancelStableTimer?.()
    this.#cancelStableTimer = this.#parts.clock.after(stableAfterMs, () => this.#backoff.reset())
  }
}
