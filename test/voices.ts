import { opusReceiveCapabilities, opusSendParameters, startRtcPeer, type RtcPeer } from './media/rtc-peer.ts'
import type { ShowClient } from './users.ts'

/** How often a voice sends a packet. */
const packetMs = 20
/** A voice of about 32 kb/s. */
const voiceBytes = 80

/** Somebody who can be heard: a connected send transport, and packets on demand. */
export interface Voice {
  readonly transportId: string
  readonly peer: RtcPeer
  readonly ssrc: number
  produce(muted?: boolean): Promise<string>
  /** Sends packets until `hush`. */
  talk(payloadBytes?: number): void
  hush(): void
}

/** Somebody who listens: counts the packets of each producer they consume. */
export interface Ears {
  consume(producerId: string): Promise<string>
  /** Packets heard of a producer so far. */
  heard(producerId: string): number
  close(): void
}

let lastSsrc = 1000

/** Opens a send transport for a seat; the floor is not needed for that. */
export async function openVoice(seat: ShowClient): Promise<Voice> {
  const transport = await seat.request('media:createTransport', { direction: 'send' })
  const ssrc = ++lastSsrc
  const peer = await startRtcPeer({ direction: 'send', transport, ssrc })
  await seat.request('media:connectTransport', { transportId: transport.id, dtlsParameters: peer.dtlsParameters })
  await peer.connected()
  let timer: NodeJS.Timeout | undefined
  return {
    transportId: transport.id,
    peer,
    ssrc,
    async produce(muted) {
      const { producerId } = await seat.request('media:produce', {
        transportId: transport.id,
        kind: 'audio',
        rtpParameters: opusSendParameters(ssrc),
        ...(muted !== undefined && { muted })
      })
      return producerId
    },
    talk(payloadBytes = voiceBytes) {
      clearInterval(timer)
      timer = setInterval(() => peer.send(payloadBytes), packetMs)
    },
    hush: () => clearInterval(timer)
  }
}

/** Opens a receive transport for a seat. */
export async function openEars(seat: ShowClient): Promise<Ears> {
  const transport = await seat.request('media:createTransport', { direction: 'recv' })
  const peer = await startRtcPeer({ direction: 'recv', transport })
  await seat.request('media:connectTransport', { transportId: transport.id, dtlsParameters: peer.dtlsParameters })
  const ssrcs = new Map<string, number>()
  return {
    async consume(producerId) {
      const { consumerId, rtpParameters } = await seat.request('media:consume', {
        producerId,
        rtpCapabilities: opusReceiveCapabilities
      })
      const ssrc = rtpParameters.encodings?.[0]?.ssrc
      if (ssrc !== undefined) ssrcs.set(producerId, ssrc)
      await peer.connected()
      await seat.request('media:resumeConsumer', { consumerId })
      return consumerId
    },
    heard: producerId => peer.received.get(ssrcs.get(producerId) ?? -1) ?? 0,
    close: () => peer.close()
  }
}
