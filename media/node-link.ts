import { EventEmitter } from 'node:events'
import type { types } from 'mediasoup'
import { CodedError } from '../contract/errors.ts'
import type { AudibleProducers } from './audible-producers.ts'
import { connectLinkTransport, offerOf, openLinkTransport, type LinkAddress, type LinkOffer } from './link-transport.ts'
import { ReceivedVoices } from './received-voices.ts'
import { SentVoices, type LinkedVoice } from './sent-voices.ts'
import type { ShowRouter } from './show-router.ts'

export interface NodeLinkEvents {
  /** The link closed without a call of `close`: its worker died, or the show closed. It received this many voices. */
  lost: [receivedVoices: number]
}

export interface NodeLinkParts {
  producers: AudibleProducers
  showRouter: ShowRouter
  address: LinkAddress
}

/**
 * This node's end of a link to the audio of the same show on another node: one SRTP pipe, for voices in both
 * directions. Both nodes open an end, exchange their offers, and `connect`. Then the node that has a voice calls
 * `send`, and the other one `receive` with the answer.
 *
 * A link ends on one router of the show. Voices reach it, and spread from it, over the pipes between routers.
 */
export class NodeLink extends EventEmitter<NodeLinkEvents> {
  /** For `connect` at the other end. */
  readonly offer: LinkOffer
  readonly #transport: types.PipeTransport
  readonly #sent: SentVoices
  readonly #received: ReceivedVoices
  #isConnecting = false
  #isClosed = false

  private constructor({ producers, showRouter }: NodeLinkParts, transport: types.PipeTransport) {
    super()
    this.offer = offerOf(transport)
    this.#transport = transport
    this.#sent = new SentVoices({ transport, producers, showRouter })
    this.#received = new ReceivedVoices({ transport, producers, showRouter })
    transport.observer.once('close', () => {
      if (!this.#isClosed) this.emit('lost', this.#received.lostCount)
    })
  }

  /** Throws UNAVAILABLE when the router closes in the meantime, or no port is left. */
  static async open(parts: NodeLinkParts): Promise<NodeLink> {
    return new NodeLink(parts, await openLinkTransport(parts.showRouter.router, parts.address))
  }

  get isClosed(): boolean {
    return this.#transport.closed
  }

  /** Connects to the other end. Throws CONFLICT for a second call, VALIDATION, UNAVAILABLE. */
  async connect(offer: LinkOffer): Promise<void> {
    if (this.#isConnecting) throw new CodedError('CONFLICT', 'This link is already connected.')
    this.#isConnecting = true
    await connectLinkTransport(this.#transport, offer)
  }

  /**
   * Sends a producer of this show; repeated calls return the same voice. Throws NOT_FOUND, also when the producer
   * closes in the meantime; UNAVAILABLE, also when `stopSending` was called.
   */
  async send(producerId: string): Promise<LinkedVoice> {
    return await this.#sent.send(producerId)
  }

  /**
   * Stops sending a producer. Resolves when the worker sends no further packet of it. Call it before `stopReceiving` at
   * the other end, which would otherwise keep the keys of a stream that nobody closes.
   */
  async stopSending(producerId: string): Promise<void> {
    await this.#sent.stop(producerId)
  }

  /** Returns the number of packets sent of a producer; null when it is not sent. Never rejects. */
  async packetsSent(producerId: string): Promise<number | null> {
    return await this.#sent.packetsSent(producerId)
  }

  /**
   * Makes a voice of the other end audible in this show, under the same producer id; repeated calls do nothing more.
   * Throws CONFLICT when the id is audible here already, VALIDATION; UNAVAILABLE, also when `stopReceiving` was called.
   */
  async receive(voice: LinkedVoice): Promise<void> {
    await this.#received.receive(voice)
  }

  /** Removes a received voice from the show. Its consumers close. */
  stopReceiving(producerId: string): void {
    this.#received.stop(producerId)
  }

  /**
   * Time since the last packet of a received voice, ms, or since it was received when there was none. It is read once a
   * second. Undefined when the voice is not received.
   */
  silentForMs(producerId: string): number | undefined {
    return this.#received.silentForMs(producerId)
  }

  /** Producer ids of the voices that are received. */
  get receivedIds(): string[] {
    return this.#received.ids
  }

  /** Closes this end with its voices, without `lost`. May be called twice. */
  close(): void {
    this.#isClosed = true
    this.#transport.close()
  }
}
