import { opusReceiveCapabilities, opusSendParameters, startRtcPeer, type RtcPeer } from './media/rtc-peer.ts'
import type { ShowClient } from './users.ts'

/** A speaker who talks sends one packet in this interval. */
const packetIntervalMs = 20
/** Payload of a packet of speech at about 32 kb/s. */
const speechBytes = 80

/** The media of a client that speaks: a connected send transport, and packets on demand. */
export interface SpeakerPeer {
  readonly transportId: string
  readonly peer: RtcPeer
  readonly ssrc: number
  produce(muted?: boolean): Promise<string>
  /** Sends packets at the pace of speech until `stopTalking`. */
  startTalking(payloadBytes?: number): void
  stopTalking(): void
  /** Sends these packets at the pace of their sound. Returns the time of the first sample, and when all are sent. */
  play(packets: readonly Buffer[]): { startedAtMs: number; over: Promise<void> }
}

/** The media of a client that listens: counts the packets of each producer it consumes. */
export interface ListenerPeer {
  consume(producerId: string): Promise<string>
  /** Returns the number of packets received of a producer so far. */
  packetCount(producerId: string): number
  close(): void
}

let lastSsrc = 1000

/**
 * Opens a send transport for a client, which does not need the floor for that. `levelDb`: the level that its packets
 * carry, dBov.
 */
export async function openSpeakerPeer(client: ShowClient, levelDb?: number): Promise<SpeakerPeer> {
  const transport = await client.request('media:createTransport', { direction: 'send' })
  const ssrc = ++lastSsrc
  const peer = await startRtcPeer({ direction: 'send', transport, ssrc, ...(levelDb !== undefined && { levelDb }) })
  await client.request('media:connectTransport', { transportId: transport.id, dtlsParameters: peer.dtlsParameters })
  await peer.connected()
  let timer: NodeJS.Timeout | undefined
  return {
    transportId: transport.id,
    peer,
    ssrc,
    async produce(muted) {
      const { producerId } = await client.request('media:produce', {
        transportId: transport.id,
        kind: 'audio',
        rtpParameters: opusSendParameters(ssrc),
        ...(muted !== undefined && { muted })
      })
      return producerId
    },
    startTalking(payloadBytes = speechBytes) {
      clearInterval(timer)
      timer = setInterval(() => peer.send(payloadBytes), packetIntervalMs)
    },
    stopTalking: () => clearInterval(timer),
    play: packets => playPackets(peer, packets)
  }
}

/**
 * Sends Opus packets at the pace of their sound. Returns the time of the first sample, and when all are sent.
 * `driftPpm`: how much faster than the server's clock the sound card is.
 */
export function playPackets(peer: Pick<RtcPeer, 'sendPayload'>, packets: readonly Buffer[], driftPpm = 0) {
  const startedAtMs = Date.now()
  const intervalMs = packetIntervalMs / (1 + driftPpm / 1e6)
  const { promise: over, resolve } = Promise.withResolvers<void>()
  let sent = 0
  const timer = setInterval(() => {
    while (sent < packets.length && (sent + 1) * intervalMs <= Date.now() - startedAtMs) {
      peer.sendPayload(packets[sent++]!)
    }
    if (sent < packets.length) return
    clearInterval(timer)
    resolve()
  }, 5).unref()
  return { startedAtMs, over }
}

/** Opens a receive transport for a client. `onPayload`: called with the Opus packet of each packet received. */
export async function openListenerPeer(
  client: ShowClient,
  onPayload?: (ssrc: number, payload: Buffer) => void
): Promise<ListenerPeer> {
  const transport = await client.request('media:createTransport', { direction: 'recv' })
  const peer = await startRtcPeer({ direction: 'recv', transport, ...(onPayload && { onPayload }) })
  await client.request('media:connectTransport', { transportId: transport.id, dtlsParameters: peer.dtlsParameters })
  const ssrcs = new Map<string, number>()
  return {
    async consume(producerId) {
      const { consumerId, rtpParameters } = await client.request('media:consume', {
        producerId,
        rtpCapabilities: opusReceiveCapabilities
      })
      const ssrc = rtpParameters.encodings?.[0]?.ssrc
      if (ssrc !== undefined) ssrcs.set(producerId, ssrc)
      await peer.connected()
      await client.request('media:resumeConsumer', { consumerId })
      return consumerId
    },
    packetCount: producerId => peer.received.get(ssrcs.get(producerId) ?? -1) ?? 0,
    close: () => peer.close()
  }
}
