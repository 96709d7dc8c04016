import type { types } from 'mediasoup-client'
import type { RtpCapabilities } from '../contract/media.ts'
import { createBackoff, type Backoff } from './backoff.ts'
import type { Clock } from './clock.ts'
import type { Ask } from './connection.ts'
import { MediaSession } from './media-session.ts'
import { patiently } from './patience.ts'
import type { SoundOutput } from './sound.ts'

export interface RoomMediaParts {
  ask: Ask
  sound: SoundOutput
  clock: Clock
  handlerFactory?: types.HandlerFactory
  iceTransportPolicy?: RTCIceTransportPolicy
  /** There is new audio: hear and send again. */
  started: () => void
  /** Making it anew did not help either: only a new connection does. */
  hopeless: () => void
}

/** This many times in a row everything is made anew before the connection itself is. */
const remakes = 3
const waits = { firstMs: 500, longestMs: 8000 }
/** A path that stood for so long works; one that breaks at once every time does not. */
const provenMs = 10_000

/**
 * The audio of a person in a show over all its lives: one from each join and each `media:reset`, and a new one when what there
 * was can't be mended. First ICE is restarted, then everything is made anew, then the connection.
 */
export class RoomMedia {
  readonly #parts: RoomMediaParts
  readonly #backoff: Backoff
  #session: MediaSession | null = null
  #capabilities: RtpCapabilities = {}
  #life = 0
  #stopProof: (() => void) | undefined

  constructor(parts: RoomMediaParts) {
    this.#parts = parts
    this.#backoff = createBackoff(waits, parts.clock)
  }

  /** What there is to hear and to send with; null between a loss and the next start. */
  get session(): MediaSession | null {
    return this.#session
  }

  /** Begins anew, with what the router can do; what was before is gone on the server. */
  start(capabilities: RtpCapabilities): void {
    this.stop()
    const { ask, clock, sound, handlerFactory, iceTransportPolicy, started } = this.#parts
    this.#capabilities = capabilities
    const session: MediaSession = new MediaSession(
      {
        ask: patiently(ask, clock),
        sound,
        connected: () => this.#prove(),
        broken: () => this.broken(session),
        ...(handlerFactory && { handlerFactory }),
        ...(iceTransportPolicy && { iceTransportPolicy })
      },
      capabilities
    )
    this.#session = session
    started()
  }

  /** This audio can't go on: it is made anew, unless that happened already. */
  broken(session: MediaSession): void {
    if (this.#session !== session) return
    const hopeless = this.#backoff.tries >= remakes
    this.stop()
    const life = this.#life
    const retired = session.retire()
    if (hopeless) {
      this.#backoff.worked()
      return this.#parts.hopeless()
    }
    this.#backoff.again(async () => {
      await retired
      if (life === this.#life) this.start(this.#capabilities)
    })
  }

  stop(): void {
    this.#life++
    this.#backoff.stop()
    this.#stopProof?.()
    this.#session?.close()
    this.#session = null
  }

  #prove(): void {
    this.#stopProof?.()
    this.#stopProof = this.#parts.clock.after(provenMs, () => this.#backoff.worked())
  }
}
