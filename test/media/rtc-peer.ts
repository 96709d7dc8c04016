import nodeDataChannel from 'node-datachannel'
import type { PeerConnection, Track } from 'node-datachannel'

/** The part of the answer to `media:createTransport` that a peer needs. */
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

/** The DTLS parameters of a peer, for `media:connectTransport`. */
export interface PeerDtls {
  role: 'client' | 'server'
  fingerprints: { algorithm: 'sha-256'; value: string }[]
}

export const opusPayloadType = 100
const rtpHeaderBytes = 12
/** The byte that fills the payload of an ordinary packet. */
const defaultMark = 0xfc
const audioLevelId = 1

const openConnections = new Set<PeerConnection>()

/** Closes every peer of this process, which cannot exit otherwise. */
export function closeRtcPeers(): void {
  for (const connection of openConnections) connection.close()
  openConnections.clear()
  nodeDataChannel.cleanup()
}

/** One side of a WebRTC transport in this process: real ICE, DTLS and SRTP, with access to the RTP packets. */
export interface RtcPeer {
  readonly dtlsParameters: PeerDtls
  /** Packets received, by SSRC. */
  readonly received: Map<number, number>
  /** The marks of the packets received, by SSRC. */
  readonly marks: Map<number, Set<number>>
  /** Resolves once packets can flow. */
  connected(): Promise<void>
  /** Sends one Opus packet of this size. The receiver can tell packets apart by a mark other than the default. */
  send(payloadBytes: number, mark?: number): void
  /** Sends this Opus packet of 20 ms; `skipped` packets before it are not sent, as in a pause. */
  sendPayload(payload: Buffer, skipped?: number): void
  /** Sends an empty RTCP receiver report. */
  sendReport(): void
  /** Encrypts and sends this packet of RTP or RTCP if its first bytes are those of one. */
  sendPacket(packet: Buffer): void
  close(): void
}

export interface RtcPeerOptions {
  direction: 'send' | 'recv'
  transport: ServerTransport
  /** SSRC of the packets sent. */
  ssrc?: number
  /** Whether the peer waits for the DTLS handshake, as pion does after an offer of an ICE-lite server. */
  isPassive?: boolean
  /** Audio level in the header extension of the packets, dBov; without it they carry no level. */
  levelDb?: number
  /** Whether the bit beside the level says that the packet has voice; aiortc never sets it. */
  hasVoiceBit?: boolean
  /** Called with the Opus packet of each packet received. */
  onPayload?: (ssrc: number, payload: Buffer) => void
}

/** Starts a peer of a server's transport. `connected` resolves only after the server received its DTLS parameters. */
export async function startRtcPeer({
  direction,
  transport,
  ssrc = 1,
  levelDb,
  hasVoiceBit = true,
  isPassive = false,
  onPayload = () => {}
}: RtcPeerOptions): Promise<RtcPeer> {
  const connection: PeerConnection = new nodeDataChannel.PeerConnection('peer', {
    iceServers: [],
    disableAutoNegotiation: true
  })
  openConnections.add(connection)
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
      const packetSsrc = packet.readUInt32BE(8)
      received.set(packetSsrc, (received.get(packetSsrc) ?? 0) + 1)
      const payload = payloadOf(packet)
      onPayload(packetSsrc, payload)
      const mark = payload[0] ?? defaultMark
      if (mark !== defaultMark) marks.set(packetSsrc, (marks.get(packetSsrc) ?? new Set()).add(mark))
    })
    added.onOpen(() => opened.resolve())
  })
  connection.setRemoteDescription(offerOf(transport, direction, isPassive ? 'active' : 'actpass'), 'offer')
  connection.setLocalDescription('answer')
  const answer = connection.localDescription()?.sdp ?? ''
  const fingerprint = /a=fingerprint:sha-256 (\S+)/i.exec(answer)?.[1]
  const role = answer.includes('a=setup:passive') ? 'server' : 'client'
  if (!fingerprint) throw new Error('the peer has no fingerprint')

  const rtp = createRtpWriter(ssrc, levelDb === undefined ? Buffer.alloc(0) : audioLevelExtension(levelDb, hasVoiceBit))
  return {
    dtlsParameters: { role, fingerprints: [{ algorithm: 'sha-256', value: fingerprint }] },
    received,
    marks,
    connected: async () => await opened.promise,
    send: (payloadBytes, mark = defaultMark) => {
      if (track?.isOpen()) track.sendMessageBinary(rtp(Buffer.alloc(payloadBytes, mark)))
    },
    sendPayload: (payload, skipped) => {
      if (track?.isOpen()) track.sendMessageBinary(rtp(payload, skipped))
    },
    sendReport() {
      if (track?.isOpen()) track.sendMessageBinary(emptyReport(ssrc))
    },
    sendPacket(packet) {
      try {
        track?.sendMessageBinary(packet)
      } catch {
        // The library refuses what it takes for no packet.
      }
    },
    close() {
      openConnections.delete(connection)
      connection.close()
    }
  }
}

/** Writes the RTP packets of a 20 ms Opus stream: https://www.rfc-editor.org/rfc/rfc3550#section-5.1 */
function createRtpWriter(ssrc: number, extension: Buffer): (payload: Buffer, skipped?: number) => Buffer {
  let sequence = 0
  let timestamp = 0
  return (payload, skipped = 0) => {
    const header = Buffer.alloc(rtpHeaderBytes)
    header[0] = extension.length > 0 ? 0x90 : 0x80
    header[1] = opusPayloadType
    header.writeUInt16BE(sequence++ & 0xffff, 2)
    header.writeUInt32BE((timestamp += 960 * (1 + skipped)) >>> 0, 4)
    header.writeUInt32BE(ssrc, 8)
    return Buffer.concat([header, extension, payload])
  }
}

/** Returns a receiver report without blocks: https://www.rfc-editor.org/rfc/rfc3550#section-6.4.2 */
function emptyReport(ssrc: number): Buffer {
  const report = Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 0])
  report.writeUInt32BE(ssrc, 4)
  return report
}

/** Returns a one-byte header extension with the audio level: https://www.rfc-editor.org/rfc/rfc6464#section-3 */
function audioLevelExtension(levelDb: number, hasVoiceBit: boolean): Buffer {
  const voiceActivity = hasVoiceBit ? 0x80 : 0
  return Buffer.from([0xbe, 0xde, 0, 1, audioLevelId << 4, voiceActivity | -levelDb, 0, 0])
}

function payloadOf(packet: Buffer): Buffer {
  const isExtended = ((packet[0] ?? 0) & 0x10) !== 0
  return packet.subarray(isExtended ? rtpHeaderBytes + 4 + 4 * packet.readUInt16BE(rtpHeaderBytes + 2) : rtpHeaderBytes)
}

/** Returns the SDP offer of the server, with one audio line that carries the streams of all consumers. */
function offerOf(
  { iceParameters, iceCandidates, dtlsParameters }: ServerTransport,
  direction: 'send' | 'recv',
  setup: 'actpass' | 'active'
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
    `a=setup:${setup}`,
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

/** Returns the RTP parameters of a sender, for `media:produce`. */
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

/** The RTP capabilities of a receiver, for `media:consume`. */
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
