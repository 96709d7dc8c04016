import type { types } from 'mediasoup'
import type { AudibleProducers } from './audible-producers.ts'

/** Receives the RTP packets of everything that can be heard in a show. */
export interface TapListener {
  /** A producer can be heard from now on. `userId` is the speaker; null for the song. */
  onOpened(producerId: string, userId: string | null): void
  /** One RTP packet, as listeners get it. */
  onPacket(producerId: string, packet: Buffer): void
  /** RTCP of the producer's sender, which tells how its timestamps relate to time. */
  onRtcp?(producerId: string, packet: Buffer): void
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
    const tap: ProducerTap = { transport: null }
    taps.set(producerId, tap)
    try {
      const router = producers.routerOf(producerId)
      const transport = await router.createDirectTransport()
      if (taps.get(producerId) !== tap) return transport.close()
      tap.transport = transport
      await consume(producerId, tap, transport, router.rtpCapabilities)
    } catch (error) {
      if (taps.get(producerId) !== tap) return
      close(producerId)
      if (producers.has(producerId)) listener.onFailed(producerId, error)
    }
  }

  async function consume(
    producerId: string,
    tap: ProducerTap,
    transport: types.DirectTransport,
    rtpCapabilities: types.RtpCapabilities
  ): Promise<void> {
    // Paused until its listeners are attached, so that no packet is missed.
    const consumer = await transport.consume({ producerId, rtpCapabilities, paused: true })
    if (consumer.closed || taps.get(producerId) !== tap) return transport.close()
    const source = producers.get(producerId)
    source.consumers++
    listener.onOpened(producerId, source.userId)
    consumer.on('rtp', packet => listener.onPacket(producerId, packet))
    transport.on('rtcp', packet => listener.onRtcp?.(producerId, packet))
    consumer.observer.once('close', () => {
      source.consumers--
      if (taps.get(producerId) === tap) close(producerId)
      listener.onClosed(producerId)
    })
    await consumer.resume()
  }

  function close(producerId: string): void {
    const tap = taps.get(producerId)
    taps.delete(producerId)
    tap?.transport?.close()
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

interface ProducerTap {
  transport: types.DirectTransport | null
}
