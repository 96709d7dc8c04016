import { OpusDecoder } from 'opus-decoder'
import { createJitterBuffer } from './jitter-buffer.ts'
import type { ProducerKind } from './mixer-messages.ts'
import { parseRtpPacket } from '../rtp-packet.ts'

/** Samples of both channels that begin at a place of the mixer's clock. */
interface Chunk {
  place: number
  readonly left: Float32Array
  readonly right: Float32Array
}

/** One producer: its packets in order, decoded when their time comes. */
export interface DecodedVoice {
  readonly kind: ProducerKind
  /** Takes an RTP packet that arrives at a place of the clock. */
  put(packet: Buffer, now: number): void
  /** Adds what is heard from a place on to both channels. */
  addTo(left: Float32Array, right: Float32Array, place: number): void
  /** Drops what is buffered. */
  clear(): void
  close(): void
}

/**
 * Time that packets wait before they are heard, ms. A song waits longer: whether it may be streamed is known a moment
 * after its first packets.
 */
export const producerDelayMs = { voice: 100, song: 250, jingle: 250 } as const

/** Opens a voice. It is silent until its decoder is ready. */
export function openVoice(kind: ProducerKind): DecodedVoice {
  const decoder = new OpusDecoder({ channels: 2 })
  const buffer = createJitterBuffer(producerDelayMs[kind])
  let state: 'opening' | 'ready' | 'closed' = 'opening'
  let chunks: Chunk[] = []
  let end = -Infinity

  decoder.ready.then(() => {
    if (state === 'closed') decoder.free()
    else state = 'ready'
  })

  /** Drops what the decoder refuses: it is what a client sent. */
  function decode(payload: Uint8Array, place: number): void {
    const { left, right } = samplesOf(payload)
    if (!left || !right) return
    // After the delay was shortened, the beginning was heard already.
    const from = Math.min(left.length, Math.max(0, end - place))
    chunks.push({ place: place + from, left: left.subarray(from), right: right.subarray(from) })
    end = Math.max(end, place + left.length)
  }

  function samplesOf(payload: Uint8Array): { left?: Float32Array | undefined; right?: Float32Array | undefined } {
    try {
      const [left, right] = decoder.decodeFrame(payload).channelData
      return { left, right }
    } catch {
      return {}
    }
  }

  return {
    kind,
    put(packet, now) {
      const rtp = parseRtpPacket(packet)
      if (rtp) buffer.put(rtp.timestamp, rtp.payload, now)
    },
    addTo(left, right, place) {
      if (state !== 'ready') return
      const until = place + left.length
      for (const packet of buffer.take(until)) decode(packet.payload, packet.place)
      for (const chunk of chunks) {
        const first = Math.max(place, chunk.place)
        const last = Math.min(until, chunk.place + chunk.left.length)
        for (let at = first; at < last; at++) {
          left[at - place] = (left[at - place] ?? 0) + (chunk.left[at - chunk.place] ?? 0)
          right[at - place] = (right[at - place] ?? 0) + (chunk.right[at - chunk.place] ?? 0)
        }
      }
      chunks = chunks.filter(chunk => chunk.place + chunk.left.length > until)
    },
    clear() {
      buffer.clear()
      chunks = []
      end = -Infinity
    },
    close() {
      if (state === 'ready') decoder.free()
      state = 'closed'
    }
  }
}
