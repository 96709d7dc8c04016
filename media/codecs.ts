import type { types } from 'mediasoup'

/** Of Opus on our routers. */
export const opusPayloadType = 100

/** Opus, and nothing else: 48 kHz, in-band FEC for voices; DTX and mono are the sender's choice. See RFC 7587. */
export const mediaCodecs: types.RouterRtpCodecCapability[] = [
  {
    kind: 'audio',
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    preferredPayloadType: opusPayloadType,
    parameters: { useinbandfec: 1 }
  }
]

/** What an audio client needs of the header: which line a packet belongs to, and how loud it is. Each one costs bytes on every packet. */
const wantedHeaderExtensions = [
  'urn:ietf:params:rtp-hdrext:sdes:mid',
  'urn:ietf:params:rtp-hdrext:ssrc-audio-level'
] as const

/** Whether packets carry this header extension here. */
export function isWantedHeaderExtension(uri: string): uri is (typeof wantedHeaderExtensions)[number] {
  return wantedHeaderExtensions.some(wanted => wanted === uri)
}
