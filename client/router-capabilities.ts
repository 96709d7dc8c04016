import type { RtpCapabilities } from '../contract/media.ts'

/**
 * The capabilities of the server's routers, with which the device is loaded before the first join. The answer to the
 * join has the real ones: when they differ, receiving starts again with them.
 */
export const expectedRouterCapabilities: RtpCapabilities = {
  codecs: [
    {
      kind: 'audio',
      mimeType: 'audio/opus',
      preferredPayloadType: 100,
      clockRate: 48_000,
      channels: 2,
      parameters: { useinbandfec: 1 },
      rtcpFeedback: [{ type: 'nack', parameter: '' }]
    }
  ],
  headerExtensions: [
    extension('urn:ietf:params:rtp-hdrext:sdes:mid', 1),
    extension('urn:ietf:params:rtp-hdrext:ssrc-audio-level', 6)
  ]
}

function extension(uri: string, preferredId: number) {
  return { kind: 'audio', uri, preferredId, preferredEncrypt: false, direction: 'sendrecv' } as const
}
