import type { types } from 'mediasoup'
import { CodedError } from '../contract/errors.ts'
import type { AudibleProducers } from './audible-producers.ts'
import { closedInTheMeantime } from './link-transport.ts'
import { mediasoupRequest } from './mediasoup-errors.ts'
import { sendParameters } from './rtp-shapes.ts'
import type { LinkedVoice, SentVoicesParts } from './sent-voices.ts'
import type { ProducerOwner } from './show-router.ts'

export type ReceivedVoicesParts = SentVoicesParts

interface ReceivedVoice {
  producer: types.Producer | null
  readonly receiving: Promise<void>
  packets: number
  /** The time at which its last packet was counted; that of its creation before the first one. */
  heardAtMs: number
  isHeard: boolean
}

const readIntervalMs = 1000
/** A voice without packets for this time is muted, or does not get through. Opus DTX sends one every 400 ms. */
const silentAfterMs = 2000

/** The voices of another node that arrive at one end of a link. */
export class ReceivedVoices {
  readonly #parts: ReceivedVoicesParts
  /** By producer id. Keeps the promise, so that simultaneous calls receive a voice once. */
  readonly #voices = new Map<string, ReceivedVoice>()
  #timer: NodeJS.Timeout | undefined
  #lostCount = 0

  constructor(parts: ReceivedVoicesParts) {
    this.#parts = parts
    parts.transport.observer.once('close', () => this.#stopReading())
  }

  get ids(): string[] {
    return [...this.#voices.keys()]
  }

  /** Number of voices that closed with their transport. */
  get lostCount(): number {
    return this.#lostCount
  }

  async receive(voice: LinkedVoice): Promise<void> {
    const known = this.#voices.get(voice.producerId)
    if (known) return await known.receiving
    const received: ReceivedVoice = {
      producer: null,
      receiving: Promise.resolve().then(async () => await this.#receive(voice, received)),
      packets: 0,
      heardAtMs: performance.now(),
      isHeard: false
    }
    this.#voices.set(voice.producerId, received)
    this.#timer ??= setInterval(() => this.#readAll(), readIntervalMs).unref()
    await received.receiving
  }

  stop(producerId: string): void {
    const received = this.#voices.get(producerId)
    this.#voices.delete(producerId)
    received?.producer?.close()
  }

  silentForMs(producerId: string): number | undefined {
    const received = this.#voices.get(producerId)
    return received && performance.now() - received.heardAtMs
  }

  async #receive({ producerId, userId, rtpParameters }: LinkedVoice, received: ReceivedVoice): Promise<void> {
    const { transport, producers, showRouter } = this.#parts
    try {
      refuseAudible(producers, producerId)
      const appData: ProducerOwner = { userId }
      const order = { id: producerId, kind: 'audio' as const, rtpParameters: sendParameters(rtpParameters), appData }
      const producer = await mediasoupRequest(
        () => transport.closed,
        '/rtpParameters',
        async () => await transport.produce(order)
      )
      try {
        const isCurrent = this.#voices.get(producerId) === received && !transport.closed && !producer.closed
        if (!isCurrent) throw closedInTheMeantime()
        refuseAudible(producers, producerId)
      } catch (error) {
        producer.close()
        throw error
      }
      received.producer = producer
      // The worker gives a producer its first score with its first packet.
      producer.once('score', () => heard(received))
      producer.once('transportclose', () => this.#lostCount++)
      // It is never paused here: while it is muted on its own node, no packets arrive. Its levels are observed there.
      producers.add(producer, userId, showRouter, () => isSounding(received))
      producer.observer.once('close', () => {
        producers.remove(producerId)
        this.#forget(producerId, received)
      })
    } catch (error) {
      this.#forget(producerId, received)
      throw error
    }
  }

  #readAll(): void {
    for (const received of this.#voices.values()) read(received)
    if (this.#voices.size === 0) this.#stopReading()
  }

  #stopReading(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #forget(producerId: string, received: ReceivedVoice): void {
    if (this.#voices.get(producerId) === received) this.#voices.delete(producerId)
  }
}

function refuseAudible(producers: AudibleProducers, producerId: string): void {
  if (producers.has(producerId)) throw new CodedError('CONFLICT', 'This producer is audible here already.')
}

async function read(received: ReceivedVoice): Promise<void> {
  const stats = (await received.producer?.getStats().catch(() => [])) ?? []
  const packets = stats.reduce((sum, { packetCount }) => sum + packetCount, 0)
  if (packets <= received.packets) return
  received.packets = packets
  heard(received)
}

function heard(received: ReceivedVoice): void {
  received.isHeard = true
  received.heardAtMs = performance.now()
}

function isSounding({ isHeard, heardAtMs }: ReceivedVoice): boolean {
  return isHeard && performance.now() - heardAtMs < silentAfterMs
}
