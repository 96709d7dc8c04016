/*
 * The speakers of bench:recording, in a process of their own, so that the cost of sending is not measured as the cost
 * of recording. On a list of ports and SSRCs, it sends speech to each of them until it is disconnected.
 */
import { createSocket } from 'node:dgram'
import { rtpPacket } from '../media/recording/synthetic-voice.ts'

/** The address to which a speaker sends. */
export interface VoiceTarget {
  port: number
  ssrc: number
}

const packetMs = 20
/** A packet of the size of speech at 32 kb/s. Nobody decodes it. */
const payload = Buffer.concat([Buffer.from([0x78]), Buffer.alloc(79, 1)])

function send(targets: readonly VoiceTarget[]): void {
  const socket = createSocket('udp4')
  const startedAtMs = performance.now()
  let sent = 0
  setInterval(() => {
    for (; (sent + 1) * packetMs <= performance.now() - startedAtMs; sent++) {
      for (const { port, ssrc } of targets) {
        const packet = rtpPacket(sent, sent * packetMs * 48, payload)
        packet.writeUInt32BE(ssrc, 8)
        socket.send(packet, port, '127.0.0.1')
      }
    }
  }, packetMs / 2)
}

process.on('message', message => send(message as VoiceTarget[]))
process.on('disconnect', () => process.exit())
