import type { types } from 'mediasoup'
import { audioLevelUri } from '../contract/media.ts'

/** Payload type of Opus on our routers. */
export const opusPayloadType = 100

/** Opus only: 48 kHz, in-band FEC for voices. The sender chooses DTX and mono. See RFC 7587. */
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

/**
 * The header extensions an audio client needs: the media line a packet belongs to, and its level. Each one costs bytes
 * on every packet.
 */
const usedHeaderExtensions = ['urn:ietf:params:rtp-hdrext:sdes:mid', audioLevelUri] as const

/** Returns whether our packets carry this header extension. */
export function isUsedHeaderExtension(uri: string): uri is (typeof usedHeaderExtensions)[number] {
  return usedHeaderExtensions.some(used => used === uri)
}
