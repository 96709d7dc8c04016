import type { types } from 'mediasoup'

/**
 * Receives the RTP packets of a producer in this process, over a direct transport of its own. The consumer takes part
 * in nothing else: it asks for no packets, so it changes nothing for the speaker and the listeners.
 */
export interface VoiceTap {
  readonly consumer: types.Consumer
  /** Passes on packets from now on. Rejects when the tap is closed in the meantime. */
  start(onPacket: (packet: Buffer) => void): Promise<void>
  /** May be called twice. */
  close(): void
}

/** Opens a tap, which receives nothing until `start`. Rejects when the router is closed in the meantime. */
export async function openVoiceTap(router: types.Router, producerId: string): Promise<VoiceTap> {
  const transport = await router.createDirectTransport()
  const close = () => transport.close()
  try {
    const { rtpCapabilities } = router
    // Paused until its listeners are attached, so that no packet is missed.
    const consumer = await transport.consume({ producerId, rtpCapabilities, paused: true })
    return {
      consumer,
      async start(onPacket) {
        consumer.on('rtp', onPacket)
        await consumer.resume()
      },
      close
    }
  } catch (error) {
    close()
    throw error
  }
}
