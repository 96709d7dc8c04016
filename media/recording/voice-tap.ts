import type { types } from 'mediasoup'

/**
 * Receives the RTP packets of a producer in this process, over a direct transport of its own. The consumer takes part
 * in nothing else: it asks for no packets, so it changes nothing for the speaker and the listeners.
 */
export interface VoiceTap {
  /** May be called twice. */
  close(): void
}

/** Rejects when the router is closed in the meantime. */
export async function openVoiceTap(
  router: types.Router,
  producerId: string,
  onPacket: (packet: Buffer) => void
): Promise<VoiceTap> {
  const transport = await router.createDirectTransport()
  try {
    const { rtpCapabilities } = router
    const consumer = await transport.consume({ producerId, rtpCapabilities, paused: true })
    consumer.on('rtp', onPacket)
    await consumer.resume()
    return { close: () => transport.close() }
  } catch (error) {
    transport.close()
    throw error
  }
}
