import type { types } from 'mediasoup'
import type { RtpCapabilities } from '../contract/media.ts'
import { wireCapabilities } from './rtp-shapes.ts'

/** Of Opus on our routers. */
export const opusPayloadType = 100

/** Opus, and nothing else: 48 kHz, in-band FEC for voices; DTX and mono are the sender's choice. See RFC 7587. */
export const mediaCodecs: types.RouterRtpCodecCapability[] = [{
  kind: 'audio',
  mimeType: 'audio/opus',
  clockRate: 48_000,
  channels: 2,
  preferredPayloadType: opusPayloadType,
  parameters: { useinbandfec: 1 }
}]

/** What an audio client needs of the header: which line a packet belongs to, and how loud it is. Each one costs bytes on every packet. */
const wantedHeaderExtensions = ['urn:ietf:params:rtp-hdrext:sdes:mid', 'urn:ietf:params:rtp-hdrext:ssrc-audio-level'] as const

/** Whether packets carry this header extension here. */
export function isWantedHeaderExtension (uri: string): uri is typeof wantedHeaderExtensions[number] {
  return wantedHeaderExtensions.some(wanted => wanted === uri)
}

/**
 * The router's capabilities as clients see them. Without `transport-cc`: our worker sends no such feedback, and a
 * browser that waits for it sinks its own estimate until nothing is left.
 */
export function clientCapabilities (router: types.Router): RtpCapabilities {
  const { codecs = [], headerExtensions = [] } = router.rtpCapabilities
  return wireCapabilities({
    codecs: codecs.flatMap(({ preferredPayloadType, rtcpFeedback = [], ...codec }) => codec.kind === 'audio' && preferredPayloadType !== undefined
      ? [{ ...codec, preferredPayloadType, rtcpFeedback: rtcpFeedback.filter(({ type }) => type !== 'transport-cc') }]
      : []),
    headerExtensions: headerExtensions.filter(({ kind, uri }) => kind === 'audio' && isWantedHeaderExtension(uri))
  })
}
