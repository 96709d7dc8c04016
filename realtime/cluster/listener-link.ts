import { randomUUID } from 'node:crypto'
import pRetry from 'p-retry'
import { CodedError } from '../../contract/errors.ts'
import type { NodeLink } from '../../media/node-link.ts'
import type { LinkSeal } from './link-seal.ts'
import type { LinkedAudio } from './origin-links.ts'
import type { Peers, PeersParts } from './peers.ts'
import { checkedBy, LinkOpened, VoicesChecked, VoiceSent } from './voice-link-messages.ts'
import { createVoiceSilence, type VoiceSilence } from './voice-silence.ts'

export interface ListenerLinkParts {
  showId: string
  nodeId: string
  peers: Pick<Peers, 'ask'>
  seal: LinkSeal
  audio: LinkedAudio
  check: AnswerChecks
  monotonicMs(): number
}

/** A voice, and the node on which it is produced. */
export interface NeededVoice {
  producerId: string
  origin: string
}

/** Callbacks for what happens to a link. */
export interface ListenerLinkHost {
  /** This node's end is gone, because its worker died or the show closed. */
  onLost(link: ListenerLink): void
  /** The origin does not know the link. */
  onUnknown(link: ListenerLink): void
  /** The other node sends the voice, and nothing arrived for 3 s. Called once per silence. */
  onSilent(producerId: string, senderNodeId: string): void
  /** The other node does not send the voice any more. */
  onUnsent(producerId: string, link: ListenerLink): void
}

export type AnswerChecks = ReturnType<typeof createAnswerChecks>

const askTimeoutMs = 4000
/** With growing delays from 1 s, so for about 4 minutes. */
const closeRetries = 8

/** Compiles the schemas of answers. Called once per process. */
export function createAnswerChecks(compile: PeersParts['compile']) {
  return {
    linkOpened: checkedBy(compile, LinkOpened),
    voiceSent: checkedBy(compile, VoiceSent),
    voicesChecked: checkedBy(compile, VoicesChecked)
  }
}

/** A link over which this node receives voices of one other node, its origin, or voices that this node relays. */
export class ListenerLink {
  readonly origin: string
  readonly id = randomUUID()
  readonly #parts: ListenerLinkParts
  readonly #host: ListenerLinkHost
  readonly #silences = new Map<string, VoiceSilence>()
  #link: NodeLink | null = null
  #isClosed = false
  #isChecking = false

  constructor(origin: string, parts: ListenerLinkParts, host: ListenerLinkHost) {
    this.origin = origin
    this.#parts = parts
    this.#host = host
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Opens and connects both ends. Throws UNAVAILABLE, SHOW_NOT_LIVE, and other errors of either end. */
  async open(): Promise<void> {
    const { showId, nodeId, audio, seal, check } = this.#parts
    const link = await audio.openLink()
    this.#link = link
    if (this.#isClosed) link.close()
    this.#getLink()
    link.once('lost', () => this.#host.onLost(this))
    const route = { showId, linkId: this.id }
    const offer = seal.seal(link.offer, { ...route, from: nodeId, to: this.origin })
    const answer = check.linkOpened(await this.#ask('link:open', { offer }))
    await link.connect(seal.open(answer.offer, { ...route, from: this.origin, to: nodeId }))
  }

  /**
   * Makes a voice audible here that the other node has, or gets from its origin. Throws NOT_FOUND, also when it is not
   * needed any more by the time of the answer; CONFLICT when it is audible already, UNAVAILABLE.
   */
  async receive({ producerId, origin }: NeededVoice, isNeeded: () => boolean): Promise<void> {
    const link = this.#getLink()
    const voice = this.#parts.check.voiceSent(await this.#ask('voice:send', { producerId, origin }))
    if (voice.producerId !== producerId) throw new CodedError('UNAVAILABLE', 'Another node answered another voice.')
    if (!isNeeded()) throw new CodedError('NOT_FOUND', 'This voice is not needed any more.')
    await link.receive(voice)
  }

  /** Stops a voice: the origin's consumer first, then the producer here. Throws UNAVAILABLE. */
  async stop(producerId: string): Promise<void> {
    await this.#ask('voice:stop', { producerId })
    this.drop(producerId)
  }

  /** Removes a voice that the origin does not send any more. */
  drop(producerId: string): void {
    this.#link?.stopReceiving(producerId)
  }

  /**
   * Looks for voices among these, which are all that are received, that the origin sends and that do not arrive. Called
   * about twice a second. Never rejects.
   */
  async checkSilence(producerIds: readonly string[]): Promise<void> {
    if (this.#isChecking) return
    for (const producerId of this.#silences.keys()) {
      if (!producerIds.includes(producerId)) this.#silences.delete(producerId)
    }
    const now = this.#parts.monotonicMs()
    const due = producerIds.filter(id => this.#silenceOf(id).isCheckDue(this.#silentForMs(id), now))
    if (due.length === 0) return
    this.#isChecking = true
    try {
      const { packets } = this.#parts.check.voicesChecked(await this.#ask('voice:check', { producerIds: due }))
      due.forEach((producerId, n) => this.#takeSent(producerId, packets[n] ?? null))
    } catch {
      // Asked again with the next call.
    } finally {
      this.#isChecking = false
    }
  }

  /** Closes this end, with its voices. May be called twice. */
  close(): void {
    this.#isClosed = true
    this.#link?.close()
  }

  /** Closes both ends. Never rejects: the origin closes an end that is not used any more. */
  async closeBoth(): Promise<void> {
    this.close()
    const ask = async () => await this.#ask('link:close', {})
    await pRetry(ask, { retries: closeRetries, unref: true }).catch(() => {})
  }

  #silenceOf(producerId: string): VoiceSilence {
    const silence = this.#silences.get(producerId) ?? createVoiceSilence()
    this.#silences.set(producerId, silence)
    return silence
  }

  #silentForMs(producerId: string): number {
    return this.#link?.silentForMs(producerId) ?? 0
  }

  #takeSent(producerId: string, packets: number | null): void {
    const silence = this.#silences.get(producerId)
    if (!silence || this.#isClosed) return
    if (packets === null) return this.#host.onUnsent(producerId, this)
    const isStuck = silence.takeSent(packets, this.#silentForMs(producerId), this.#parts.monotonicMs())
    if (isStuck) this.#host.onSilent(producerId, this.origin)
  }

  #getLink(): NodeLink {
    if (!this.#link || this.#isClosed) throw new CodedError('UNAVAILABLE', 'The link was closed in the meantime.')
    return this.#link
  }

  async #ask(kind: string, body: object): Promise<unknown> {
    const { peers, showId } = this.#parts
    try {
      return await peers.ask(this.origin, kind, { showId, linkId: this.id, ...body }, askTimeoutMs)
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'CONFLICT') throw error
      this.#host.onUnknown(this)
      throw new CodedError('UNAVAILABLE', 'The other node does not know this link.')
    }
  }
}
