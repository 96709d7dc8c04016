import nodeDataChannel, { type PeerConnection, type Track } from 'node-datachannel'
import type { types } from 'mediasoup-client'
import { packetAt, packetMs, type DemoVoice } from './voices.ts'

const rtpHeaderBytes = 12
const samplesPerPacket = 960
const maxSequence = 0xffff

/** Numbers of a stream, as the server was told. */
export interface StreamNumbers {
  ssrc: number
  payloadType: number
  /** Id of the header extension with the audio level; undefined without one. */
  levelId: number | undefined
}

/** Sends one voice to a transport of the server. */
export interface VoicePeer {
  readonly dtlsParameters: types.DtlsParameters
  /** Sends the voice in this stream from now on, once the connection is open. */
  start(numbers: StreamNumbers): void
  close(): void
}

/** Opens a WebRTC connection to a transport of the server, which acts as the client of DTLS. */
export function openVoicePeer(transport: types.HandlerOptions, voice: DemoVoice, payloadType: number): VoicePeer {
  const connection: PeerConnection = new nodeDataChannel.PeerConnection('demo', {
    iceServers: [],
    disableAutoNegotiation: true
  })
  let track: Track | undefined
  let timer: NodeJS.Timeout | undefined
  connection.onTrack(added => {
    track = added
  })
  connection.setRemoteDescription(offerOf(transport, payloadType), 'offer')
  connection.setLocalDescription('answer')
  const fingerprint = /a=fingerprint:sha-256 (\S+)/i.exec(connection.localDescription()?.sdp ?? '')?.[1]
  if (fingerprint === undefined) throw new Error('the connection has no fingerprint')

  return {
    dtlsParameters: { role: 'server', fingerprints: [{ algorithm: 'sha-256', value: fingerprint }] },
    start(numbers) {
      clearInterval(timer)
      const write = createRtpWriter(numbers)
      let slot = currentSlot()
      const firstSlot = voice.isInConversation ? 0 : slot
      // Timers are late now and then: everything that is due is sent.
      timer = setInterval(() => {
        for (const end = currentSlot(); slot < end; slot++) {
          const packet = packetAt(voice, slot - firstSlot)
          if (packet && track?.isOpen()) track.sendMessageBinary(write(packet.payload, packet.levelDb, slot))
        }
      }, packetMs)
    },
    close() {
      clearInterval(timer)
      connection.close()
    }
  }
}

/** All voices follow the clock, so that those of one conversation stay together. */
const currentSlot = () => Math.floor(Date.now() / packetMs)

/** Writes the packets of a stream: https://www.rfc-editor.org/rfc/rfc3550#section-5.1 */
function createRtpWriter({ ssrc, payloadType, levelId }: StreamNumbers) {
  let sequence = 0
  return (payload: Buffer, levelDb: number, slot: number): Buffer => {
    const header = Buffer.alloc(rtpHeaderBytes)
    header[0] = levelId === undefined ? 0x80 : 0x90
    header[1] = payloadType
    header.writeUInt16BE(sequence++ & maxSequence, 2)
    header.writeUInt32BE((slot * samplesPerPacket) % 2 ** 32, 4)
    header.writeUInt32BE(ssrc, 8)
    return Buffer.concat([header, levelId === undefined ? Buffer.alloc(0) : levelExtension(levelId, levelDb), payload])
  }
}

/** Returns a header extension with the level of a packet: https://www.rfc-editor.org/rfc/rfc6464#section-3 */
function levelExtension(id: number, levelDb: number): Buffer {
  return Buffer.from([0xbe, 0xde, 0, 1, id << 4, -levelDb, 0, 0])
}

/** Returns the offer of the server, which receives one stream of audio. */
function offerOf({ iceParameters, iceCandidates, dtlsParameters }: types.HandlerOptions, payloadType: number): string {
  const fingerprint = dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256')
  const candidates = iceCandidates.filter(({ protocol }) => protocol === 'udp')
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=ice-lite',
    'a=group:BUNDLE 0',
    `m=audio 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
    'c=IN IP4 127.0.0.1',
    'a=mid:0',
    'a=recvonly',
    `a=ice-ufrag:${iceParameters.usernameFragment}`,
    `a=ice-pwd:${iceParameters.password}`,
    `a=fingerprint:sha-256 ${fingerprint?.value}`,
    'a=setup:active',
    'a=rtcp-mux',
    `a=rtpmap:${payloadType} opus/48000/2`,
    ...candidates.map(
      ({ foundation, priority, ip, port, type }) =>
        `a=candidate:${foundation} 1 udp ${priority} ${ip} ${port} typ ${type}`
    ),
    'a=end-of-candidates',
    ''
  ].join('\r\n')
}
