import { Type, type Static } from 'typebox'
import { Exactly, OneOf } from './primitives.ts'

/*
 * The parameters that mediasoup and its clients exchange:
 * https://mediasoup.org/documentation/v3/mediasoup/rtp-parameters-and-capabilities/ All sizes are bounded, so that a
 * client cannot make the server hold or copy more than a few KiB.
 */

const Token = Type.String({ minLength: 1, maxLength: 128 })
/**
 * Text without line breaks. The values of a sender become lines of the session descriptions of all receivers, and must
 * not begin a line of their own.
 */
const singleLine = '^[ -~]*$'
const kind = OneOf(['audio', 'video'])
const payloadType = Type.Integer({ minimum: 0, maximum: 127 })
const ssrc = Type.Integer({ minimum: 0, maximum: 0xffffffff })
const CodecParameters = Type.Record(
  Type.String({ pattern: '^[ -~]{0,64}$' }),
  Type.Union([Type.String({ maxLength: 256, pattern: singleLine }), Type.Number(), Type.Boolean(), Type.Null()]),
  { maxProperties: 32, additionalProperties: false }
)
const RtcpFeedback = Type.Array(Exactly({ type: Token, parameter: Type.Optional(Type.String({ maxLength: 64 })) }), {
  maxItems: 16
})
const HeaderExtensionUri = Type.String({ minLength: 1, maxLength: 256 })

export const IceParameters = Exactly({
  usernameFragment: Type.String(),
  password: Type.String(),
  iceLite: Type.Optional(Type.Boolean())
})

export const IceCandidate = Exactly({
  foundation: Type.String(),
  priority: Type.Integer(),
  address: Type.String(),
  ip: Type.String(),
  protocol: OneOf(['udp', 'tcp']),
  port: Type.Integer(),
  type: OneOf(['host', 'srflx', 'prflx', 'relay']),
  tcpType: Type.Optional(OneOf(['passive', 'active', 'so']))
})

/** A STUN or TURN server for RTCPeerConnection. The credentials expire soon. */
export const IceServer = Exactly({
  urls: Type.Array(Type.String()),
  username: Type.Optional(Type.String()),
  credential: Type.Optional(Type.String())
})
export type IceServer = Static<typeof IceServer>

export const DtlsParameters = Exactly({
  role: Type.Optional(OneOf(['auto', 'client', 'server'])),
  fingerprints: Type.Array(
    Exactly({
      algorithm: OneOf(['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512']),
      value: Type.String({ minLength: 1, maxLength: 256 })
    }),
    { minItems: 1, maxItems: 8 }
  )
})
export type DtlsParameters = Static<typeof DtlsParameters>

/**
 * Parameters of an RTP stream that a client sends:
 * https://mediasoup.org/documentation/v3/mediasoup/rtp-parameters-and-capabilities/#RtpSendParameters
 */
export const RtpParameters = Exactly({
  mid: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })),
  msid: Type.Optional(Type.String({ maxLength: 256 })),
  codecs: Type.Array(
    Exactly({
      mimeType: Token,
      payloadType,
      clockRate: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
      channels: Type.Optional(Type.Integer({ minimum: 1, maximum: 8 })),
      parameters: Type.Optional(CodecParameters),
      rtcpFeedback: Type.Optional(RtcpFeedback)
    }),
    { minItems: 1, maxItems: 8 }
  ),
  headerExtensions: Type.Optional(
    Type.Array(
      Exactly({
        uri: HeaderExtensionUri,
        id: Type.Integer({ minimum: 1, maximum: 255 }),
        encrypt: Type.Optional(Type.Boolean()),
        parameters: Type.Optional(CodecParameters)
      }),
      { maxItems: 16 }
    )
  ),
  encodings: Type.Optional(
    Type.Array(
      Exactly({
        ssrc: Type.Optional(ssrc),
        rid: Type.Optional(Type.String({ maxLength: 32 })),
        codecPayloadType: Type.Optional(payloadType),
        rtx: Type.Optional(Exactly({ ssrc })),
        dtx: Type.Optional(Type.Boolean()),
        active: Type.Optional(Type.Boolean()),
        priority: Type.Optional(OneOf(['very-low', 'low', 'medium', 'high'])),
        networkPriority: Type.Optional(OneOf(['very-low', 'low', 'medium', 'high'])),
        scalabilityMode: Type.Optional(Type.String({ maxLength: 32 })),
        maxBitrate: Type.Optional(Type.Integer({ minimum: 0 })),
        maxFramerate: Type.Optional(Type.Number({ minimum: 0 })),
        scaleResolutionDownBy: Type.Optional(Type.Number({ minimum: 0 })),
        adaptivePtime: Type.Optional(Type.Boolean())
      }),
      { maxItems: 4 }
    )
  ),
  rtcp: Type.Optional(
    Exactly({
      cname: Type.Optional(Type.String({ maxLength: 256, pattern: singleLine })),
      reducedSize: Type.Optional(Type.Boolean()),
      mux: Type.Optional(Type.Boolean())
    })
  )
})
export type RtpParameters = Static<typeof RtpParameters>

/** RTP capabilities of a receiving client, or of the router. */
export const RtpCapabilities = Exactly({
  codecs: Type.Optional(
    Type.Array(
      Exactly({
        kind,
        mimeType: Token,
        preferredPayloadType: payloadType,
        clockRate: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
        channels: Type.Optional(Type.Integer({ minimum: 1, maximum: 8 })),
        parameters: Type.Optional(CodecParameters),
        rtcpFeedback: Type.Optional(RtcpFeedback)
      }),
      { maxItems: 64 }
    )
  ),
  headerExtensions: Type.Optional(
    Type.Array(
      Exactly({
        kind,
        uri: HeaderExtensionUri,
        preferredId: Type.Integer({ minimum: 1, maximum: 255 }),
        preferredEncrypt: Type.Optional(Type.Boolean()),
        direction: Type.Optional(OneOf(['sendrecv', 'sendonly', 'recvonly', 'inactive']))
      }),
      { maxItems: 64 }
    )
  )
})
export type RtpCapabilities = Static<typeof RtpCapabilities>

/** A transport of the client that does not work, and why. */
export const TransportFailed = Exactly({
  transportId: Type.String(),
  direction: OneOf(['send', 'recv']),
  reason: OneOf(
    ['ice', 'dtls', 'flood'],
    '`ice`: no path between client and server 10 s after `media:connectTransport`, or a path that was lost: no ' +
      'consent checks of the client (RFC 7675) for 30 s, or the end of its TCP connection. `dtls`: there is a path, but ' +
      'the handshake did not complete in that time, or failed; often both sides have the same DTLS role. `flood`: the ' +
      'server received too many packets that belong to no producer, and closed the transport'
  )
})
export type TransportFailed = Static<typeof TransportFailed>

/** URI of the header extension with the level of a packet: https://www.rfc-editor.org/rfc/rfc6464 */
export const audioLevelUri = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level'

/** In the answer for a send transport. */
export const AudioLevelUri = Type.Literal(audioLevelUri, {
  description:
    'Header extension that the packets of a voice have to carry, and `media:produce` to name: `media:speaking` ' +
    'reports no speaker without it'
})
