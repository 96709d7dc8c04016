import type { types } from 'mediasoup'

/** Who was sent nothing in this time is not just slow: even somebody silent sends a packet every 400 ms. */
const usualPatienceMs = 15_000

export interface FirstPacketParts {
  /** When the session asked to come in, by `performance.now()`. */
  askedAtMs: number
  /** The first packet was sent to it, so long after it asked. */
  onHeard(waitedMs: number): void
  /** It asked for a sound that sounds, and was sent none. */
  onSilence(): void
  patienceMs?: number
}

/** Notes when a session is sent its first packet, whichever of its consumers that is for. */
export interface FirstPacket {
  /** To be called before the consumer is resumed; does nothing once it is known. */
  watch(consumer: types.Consumer): void
  /** The session is gone: whatever it was, it is nothing any more. */
  close(): void
}

export function createFirstPacket({
  askedAtMs,
  onHeard,
  onSilence,
  patienceMs = usualPatienceMs
}: FirstPacketParts): FirstPacket {
  const watched = new Set<types.Consumer>()
  let timer: NodeJS.Timeout | undefined
  let isOver = false

  function end(): void {
    isOver = true
    clearTimeout(timer)
    // A trace of every packet would cost; it fails only where the consumer is gone.
    for (const consumer of watched) if (!consumer.closed) consumer.enableTraceEvent([]).catch(() => {})
    watched.clear()
  }

  function heard(): void {
    if (isOver) return
    end()
    onHeard(performance.now() - askedAtMs)
  }

  function giveUp(): void {
    // Whoever speaks may be heard by nobody: a microphone that is switched off on the phone is not muted here. The worker scores that 0.
    const sounds = [...watched].some(
      ({ closed, paused, producerPaused, score }) => !closed && !paused && !producerPaused && score.producerScore > 0
    )
    end()
    if (sounds) onSilence()
  }

  return {
    watch(consumer) {
      if (isOver || watched.has(consumer)) return
      watched.add(consumer)
      consumer.once('trace', heard)
      consumer.enableTraceEvent(['rtp']).catch(() => {})
      timer ??= setTimeout(giveUp, patienceMs).unref()
    },
    close: end
  }
}
