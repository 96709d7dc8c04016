import nodeDataChannel from 'node-datachannel'
import type { PeerConnection, Track } from 'node-datachannel'

/** What the server answers to `media:createTransport`, as far as a peer needs it. */
export interface ServerTransport {
  iceParameters: { usernameFragment: string; password: string }
  iceCandidates: {
    foundation: string
    priority: number
    ip: string
    protocol: string
    port: number
    type: string
    tcpType?: string
  }[]
  dtlsParameters: { fingerprints: { algorithm: string; value: string }[] }
}

/** What the server wants to know of a peer for `media:connectTransport`. */
export interface PeerDtls {
  role: 'client'
  fingerprints: { algorithm: 'sha-256'; value: string }[]
}

export const opusPayloadType = 100
const rtpHeaderBytes = 12
/** What the payload of an ordinary packet is filled with. */
const usualMark = 0xfc
const audioLevelId = 1

const open = new Set<PeerConnection>()

/** Ends every peer of this process; it could not exit otherwise. */
export function closeRtcPeers(): void {
  for (const connection of open) connection.close()
  open.clear()
  nodeDataChannel.cleanup()
}

/** One side of a WebRTC transport in this process: real ICE, DTLS and SRTP, with RTP packets in the hand. */
export interface RtcPeer {
  readonly dtlsParameters: PeerDtls
  /** Packets received, by SSRC. */
  readonly received: Map<number, number>
  /** The marks of the packets received, by SSRC. */
  readonly marks: Map<number, Set<number>>
  /** Resolves once packets can flow. */
  connected(): Promise<void>
  /** Sends one Opus packet of this size. A mark other than the usual tells packets apart where they arrive. */
  send(payloadBytes: number, mark?: number): void
  close(): void
}

export interface RtcPeerOptions {
  direction: 'send' | 'recv'
  transport: ServerTransport
  /** Of the packets sent. */
  ssrc?: number
  /** How loud the packets say they are, in dBov; without it they say nothing. */
  levelDb?: number
}

/** Starts a peer against a server's transport. Its DTLS parameters must reach the server before `connected` resolves. */
export async function startRtcPeer({ direction, transport, ssrc = 1, levelDb }: RtcPeerOptions): Promise<RtcPeer> {
  const connection: PeerConnection = new nodeDataChannel.PeerConnection('peer', {
    iceServers: [],
    disableAutoNegotiation: true
  })
  open.add(connection)
  const received = new Map<number, number>()
  const marks = new Map<number, Set<number>>()
  const opened = Promise.withResolvers<void>()
  let track: Track | undefined

  connection.onTrack(added => {
    track = added
    added.onMessage(packet => {
      // Payload types 64–95 are RTCP on a multiplexed port: https://www.rfc-editor.org/rfc/rfc5761#section-4
      const payloadType = (packet[1] ?? 0) & 0x7f
      if (packet.length < rtpHeaderBytes || (payloadType >= 64 && payloadType <= 95)) return
      const from = packet.readUInt32BE(8)
      received.set(from, (received.get(from) ?? 0) + 1)
      const mark = markOf(packet)
      if (mark !== usualMark) marks.set(from, (marks.get(from) ?? new Set()).add(mark))
    })
    added.onOpen(() => opened.resolve())
  })
  connection.setRemoteDescription(offerOf(transport, direction), 'offer')
  connection.setLocalDescription('answer')
  const fingerprint = /a=fingerprint:sha-256 (\S+)/i.exec(connection.localDescription()?.sdp ?? '')?.[1]
  if (!fingerprint) throw new Error('the peer has no fingerprint')

  const rtp = createRtpWriter(ssrc, levelDb)
  return {
    dtlsParameters: { role: 'client', fingerprints: [{ algorithm: 'sha-256', value: fingerprint }] },
    received,
    marks,
    connected: async () => await opened.promise,
    send: (payloadBytes, mark = usualMark) => {
      if (track?.isOpen()) track.sendMessageBinary(rtp(payloadBytes, mark))
    },
    close() {
      open.delete(connection)
      connection.close()
    }
  }
}

/** RTP packets of a 20 ms Opus stream: https://www.rfc-editor.org/rfc/rfc3550#section-5.1 */
function createRtpWriter(ssrc: number, levelDb: number | undefined): (payloadBytes: number, mark: number) => Buffer {
  const extension = levelDb === undefined ? Buffer.alloc(0) : audioLevelExtension(levelDb)
  let sequence = 0
  let timestamp = 0
  return (payloadBytes, mark) => {
    const header = Buffer.alloc(rtpHeaderBytes)
    header[0] = extension.length > 0 ? 0x90 : 0x80
    header[1] = opusPayloadType
    header.writeUInt16BE(sequence++ & 0xffff, 2)
    header.writeUInt32BE((timestamp += 960) >>> 0, 4)
    header.writeUInt32BE(ssrc, 8)
    return Buffer.concat([header, extension, Buffer.alloc(payloadBytes, mark)])
  }
}

/** One-byte header extension with the level of the packet: https://www.rfc-editor.org/rfc/rfc6464#section-3 */
function audioLevelExtension(levelDb: number): Buffer {
  const voiceActivity = 0x80
  return Buffer.from([0xbe, 0xde, 0, 1, audioLevelId << 4, voiceActivity | -levelDb, 0, 0])
}

function markOf(packet: Buffer): number {
  const extended = ((packet[0] ?? 0) & 0x10) !== 0
  return (
    packet[extended ? rtpHeaderBytes + 4 + 4 * packet.readUInt16BE(rtpHeaderBytes + 2) : rtpHeaderBytes] ?? usualMark
  )
}

/** The server's side as an SDP offer with one audio line; all consumers' streams arrive on it. */
function offerOf(
  { iceParameters, iceCandidates, dtlsParameters }: ServerTransport,
  direction: 'send' | 'recv'
): string {
  const fingerprint = dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256')
  const candidates = iceCandidates.filter(({ protocol }) => protocol === 'udp')
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=ice-lite',
    'a=group:BUNDLE 0',
    'a=msid-semantic:WMS *',
    `m=audio 9 UDP/TLS/RTP/SAVPF ${opusPayloadType}`,
    'c=IN IP4 127.0.0.1',
    'a=mid:0',
    `a=${direction === 'send' ? 'recvonly' : 'sendonly'}`,
    `a=ice-ufrag:${iceParameters.usernameFragment}`,
    `a=ice-pwd:${iceParameters.password}`,
    `a=fingerprint:sha-256 ${fingerprint?.value}`,
    'a=setup:actpass',
    'a=rtcp-mux',
    `a=rtpmap:${opusPayloadType} opus/48000/2`,
    ...candidates.map(
      ({ foundation, priority, ip, port, type }) =>
        `a=candidate:${foundation} 1 udp ${priority} ${ip} ${port} typ ${type}`
    ),
    'a=end-of-candidates',
    ''
  ].join('\r\n')
}

/** What a sender tells the server in `media:produce`. */
export function opusSendParameters(ssrc: number) {
  return {
    mid: '0',
    codecs: [
      {
        mimeType: 'audio/opus',
        payloadType: opusPayloadType,
        clockRate: 48_000,
        channels: 2,
        parameters: {},
        rtcpFeedback: []
      }
    ],
    headerExtensions: [
      { uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level' as const, id: audioLevelId, encrypt: false, parameters: {} }
    ],
    encodings: [{ ssrc }],
    rtcp: { cname: `peer${ssrc}` }
  }
}

/** What a receiver tells the server in `media:consume`. */
export const opusReceiveCapabilities = {
  codecs: [
    {
      kind: 'audio' as const,
      mimeType: 'audio/opus',
      preferredPayloadType: opusPayloadType,
      clockRate: 48_000,
      channels: 2,
      parameters: {},
      rtcpFeedback: []
    }
  ],
  headerExtensions: []
}
