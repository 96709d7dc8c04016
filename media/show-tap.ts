import type { AudibleProducers } from './audible-producers.ts'
import { openVoiceTap, type VoiceTap } from './voice-tap.ts'

/** Receives the RTP packets of everything that can be heard in a show. */
export interface TapListener {
  /** A producer can be heard from now on. `userId` is the speaker; null for the song. */
  onOpened(producerId: string, userId: string | null): void
  /** One RTP packet, as listeners get it. */
  onPacket(producerId: string, packet: Buffer): void
  /** The producer is gone. Called once for each `onOpened`. */
  onClosed(producerId: string): void
  /** A producer could not be tapped, and is not heard. */
  onFailed(producerId: string, error: unknown): void
}

/** A tap of a show's audio in this process. */
export interface ShowTap {
  /** May be called twice. */
  close(): void
}

/**
 * Taps all audible producers of a show, also those that come later: each one through a direct transport on its own
 * router. A muted producer sends no packets.
 */
export function openShowTap(producers: AudibleProducers, listener: TapListener): ShowTap {
  const taps = new Map<string, ProducerTap>()

  async function open(producerId: string): Promise<void> {
    const tap: ProducerTap = { voice: null }
    taps.set(producerId, tap)
    try {
      const voice = await openVoiceTap(producers.routerOf(producerId), producerId)
      if (taps.get(producerId) !== tap || voice.consumer.closed) return voice.close()
      tap.voice = voice
      await listenTo(producerId, tap, voice)
    } catch (error) {
      if (taps.get(producerId) !== tap) return
      close(producerId)
      if (producers.has(producerId)) listener.onFailed(producerId, error)
    }
  }

  async function listenTo(producerId: string, tap: ProducerTap, voice: VoiceTap): Promise<void> {
    const source = producers.get(producerId)
    source.consumers++
    listener.onOpened(producerId, source.userId)
    voice.consumer.observer.once('close', () => {
      source.consumers--
      if (taps.get(producerId) === tap) close(producerId)
      listener.onClosed(producerId)
    })
    await voice.start(packet => listener.onPacket(producerId, packet))
  }

  function close(producerId: string): void {
    const tap = taps.get(producerId)
    taps.delete(producerId)
    tap?.voice?.close()
  }

  const unobserve = producers.observe({ onAdded: open, onRemoved: close })
  for (const producerId of producers.ids) open(producerId)

  return {
    close() {
      unobserve()
      for (const producerId of [...taps.keys()]) close(producerId)
    }
  }
}

/** `voice` is null while it is opened. */
interface ProducerTap {
  voice: VoiceTap | null
}
