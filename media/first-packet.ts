import type { types } from 'mediasoup'

/**
 * A participant without a packet for this time is not just slow, but cut off: Opus DTX still sends a packet every
 * 400 ms, and our worker passes the next one to those who begin to listen.
 */
const defaultTimeoutMs = 15_000

export interface FirstPacketParts {
  /** When the client asked to join, by `performance.now()`. */
  requestedAtMs: number
  /** The first packet was sent to the client, `waitedMs` after it asked to join. */
  onFirstPacket(waitedMs: number): void
  /** The client consumes a producer that sounds, and was sent no packet. */
  onTimeout(): void
  timeoutMs?: number
}

/** Detects the first packet that is sent to a participant, by any of its consumers. */
export interface FirstPacket {
  /** Watches a consumer; call it before the consumer is resumed. Does nothing once the outcome is known. */
  watch(consumer: types.Consumer): void
  /** Stops watching, because the participant left; no callback is called any more. */
  close(): void
}

export function createFirstPacket({
  requestedAtMs,
  onFirstPacket,
  onTimeout,
  timeoutMs = defaultTimeoutMs
}: FirstPacketParts): FirstPacket {
  const watched = new Set<types.Consumer>()
  let timer: NodeJS.Timeout | undefined
  let isOver = false

  function end(): void {
    isOver = true
    clearTimeout(timer)
    // Tracing every packet would cost CPU. Disabling it fails only when the consumer is closed.
    for (const consumer of watched) if (!consumer.closed) consumer.enableTraceEvent([]).catch(() => {})
    watched.clear()
  }

  function packetSent(): void {
    if (isOver) return
    end()
    onFirstPacket(performance.now() - requestedAtMs)
  }

  function timedOut(): void {
    // A producer may send nothing without being muted here: the microphone is switched off on the phone. The worker
    // gives it score 0.
    const hasSound = [...watched].some(
      ({ closed, paused, producerPaused, score }) => !closed && !paused && !producerPaused && score.producerScore > 0
    )
    end()
    if (hasSound) onTimeout()
  }

  return {
    watch(consumer) {
      if (isOver || watched.has(consumer)) return
      watched.add(consumer)
      consumer.once('trace', packetSent)
      consumer.enableTraceEvent(['rtp']).catch(() => {})
      timer ??= setTimeout(timedOut, timeoutMs).unref()
    },
    close: end
  }
}
